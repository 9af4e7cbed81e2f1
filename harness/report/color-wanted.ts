/**
 * NO_COLOR (any text) wins, then FORCE_COLOR (`0` and `false` say no), then TERM=dumb, then whether
 * it is a terminal. See no-color.org and force-color.org.
 */
export function colorWanted({
  isTty,
  env,
}: {
  readonly isTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}
