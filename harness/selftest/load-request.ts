import type { Arrivals, AtCap, LoadRequest } from '../load/load-engine.ts';

/** The same arrivals every time: a row that fails can be looked at again. */
const SEED = 1;

/** What all rows have in common: no timeouts, no retries, and nobody gives up. */
const COMMON = {
  path: '/',
  requestTimeoutMs: null,
  retry: null,
  goodputDeadlineMs: 1_000,
  // Longer than any row: a stub that stands still is to be measured, not left.
  targetDownMs: 60_000,
  seed: SEED,
} as const;

export interface ClosedLoad {
  readonly connections: number;
  /** @default 0, which keeps callers of a constant service in step: their answers come all at once. */
  readonly thinkTimeMs?: number;
  readonly durationMs: number;
  readonly drainMs: number;
}

export interface OpenLoad {
  readonly perSecond: number;
  readonly arrivals: Arrivals;
  /** With `drop` enough for the row: an arrival that is dropped is missing in the truth. */
  readonly maxInFlight: number;
  /** @default drop */
  readonly atCap?: AtCap;
  readonly durationMs: number;
  readonly drainMs: number;
}

export function closedLoad({
  connections,
  thinkTimeMs = 0,
  ...times
}: ClosedLoad): (origin: string) => LoadRequest {
  const model = { kind: 'closed', connections, thinkTimeMs } as const;
  return (origin) => ({ ...COMMON, ...times, origin, model });
}

export function openLoad(load: OpenLoad): (origin: string) => LoadRequest {
  const { perSecond, arrivals, maxInFlight, atCap = 'drop', durationMs, drainMs } = load;
  const stage = { fromPerSecond: perSecond, toPerSecond: perSecond, durationMs };
  return (origin) => ({
    ...COMMON,
    origin,
    model: { kind: 'open', stages: [stage], arrivals, maxInFlight, atCap, threads: 1 },
    durationMs,
    drainMs,
  });
}
