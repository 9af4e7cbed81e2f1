import type { PostgresSettings } from './provider.ts';

/**
 * What the image's entry point hands to the server, also to the one it sets the cluster up with. Of two
 * settings of one name the later counts, so that the lab's own come last.
 */
export function containerArguments(settings: PostgresSettings): readonly string[] {
  const { reservedConnections } = settings;
  const values: readonly (readonly [string, string])[] = [
    ...Object.entries(settings.extra),
    ['max_connections', String(settings.maxConnections)],
    ['superuser_reserved_connections', String(settings.superuserReservedConnections)],
    // PostgreSQL 16 brought it: to an older one 0 of them is an unknown setting.
    ...(reservedConnections === 0
      ? []
      : ([['reserved_connections', String(reservedConnections)]] as const)),
    // The container's output is read here.
    ['logging_collector', 'off'],
    ['log_destination', 'stderr'],
    ['ssl', 'off'],
  ];
  return ['postgres', ...values.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
