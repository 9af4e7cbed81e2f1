/**
 * The steps of a connection's life, by the messages that end them: each is one round trip and what both
 * sides do in it. PostgreSQL starts the session's process when the postmaster accepts the connection, so
 * that this is part of the first step that it answers, `tlsRequest` or else `startup`. It keeps back the
 * message that authentication has succeeded until the session is ready, so that the two are one step.
 *
 * - `connect`: until the kernel says that the connection is there. PostgreSQL need not have seen it yet.
 * - `tlsRequest`: the request for TLS, and the one byte that answers it. Without TLS there is none.
 * - `tlsHandshake`: certificates, keys, and what both compute for them.
 * - `startup`: who I am, and what is asked of me for it: pg_hba.conf is looked through. Trust asks nothing.
 * - `challenge`: SASL's first half: nonces, salt and iterations. Only SCRAM has it.
 * - `session`: until ReadyForQuery: the proof (computing it included), its check, then the session's start:
 *   the database, the role, its settings, relation caches.
 * - `firstQuery`: the session's catalog caches are empty.
 * - `warmQuery`: the same again.
 */
export const PHASES = [
  'connect',
  'tlsRequest',
  'tlsHandshake',
  'startup',
  'challenge',
  'session',
  'firstQuery',
  'warmQuery',
] as const;
export type Phase = (typeof PHASES)[number];

/** What it takes to be connected; the rest is what one connects for. */
export const CONNECTING_PHASES = [
  'connect',
  'tlsRequest',
  'tlsHandshake',
  'startup',
  'challenge',
  'session',
] as const satisfies readonly Phase[];

export const AUTHENTICATIONS = ['trust', 'password', 'md5', 'scram-sha-256'] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** What one connection took; `null`: it has no such step. */
export type ConnectionTimes = Readonly<Record<`${Phase}Ms`, number | null>> & {
  readonly authentication: Authentication;
  /** e.g. `TLSv1.3`. */
  readonly tlsProtocol: string | null;
  /** Of `session`: what the client computed for SCRAM; `null`: nothing. The server's part is not seen apart. */
  readonly clientHashMs: number | null;
};

/** In ms; a step that there is not takes no time. */
export function timeOf(times: ConnectionTimes, phases: readonly Phase[]): number {
  return phases.reduce((sum, phase) => sum + (times[`${phase}Ms`] ?? 0), 0);
}
