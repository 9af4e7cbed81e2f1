import { performance } from 'node:perf_hooks';
import type { Fleet, Place } from './fleet.ts';

/** New workers that are not ready by then make the deploy fail; the old ones go on serving. */
const READY_DEADLINE_MS = 15_000;

export interface RollingRestartResult {
  readonly replaced: number;
  readonly durationMs: number;
  readonly workersPeak: number;
}

/**
 * Replaces all workers, `surge` at a time: as many new ones are started and ready before as many
 * old ones drain. Meanwhile `workers + surge` pools can hold connections. Rejects when a new worker
 * does not get ready; those started for that step are gone then, and the old ones still serve.
 */
export async function rollingRestart({
  fleet,
  surge,
  graceMs,
  onReplaced,
}: {
  readonly fleet: Fleet;
  readonly surge: number;
  readonly graceMs: number;
  readonly onReplaced: () => void;
}): Promise<RollingRestartResult> {
  const startedAt = performance.now();
  fleet.resetAlivePeak();
  for (let first = 0; first < fleet.places.length; first += surge) {
    await replaceStep({ fleet, places: fleet.places.slice(first, first + surge), graceMs });
    for (let i = first; i < Math.min(first + surge, fleet.places.length); i++) onReplaced();
  }
  return {
    replaced: fleet.places.length,
    durationMs: performance.now() - startedAt,
    workersPeak: fleet.alivePeak,
  };
}

async function replaceStep({
  fleet,
  places,
  graceMs,
}: {
  readonly fleet: Fleet;
  readonly places: readonly Place[];
  readonly graceMs: number;
}): Promise<void> {
  if (fleet.stopping) throw new Error('the server is stopping');
  const fresh = places.map((place) => ({ place, worker: fleet.spawn() }));
  try {
    await withDeadline(Promise.all(fresh.map(({ worker }) => worker.ready)));
  } catch (error) {
    await Promise.all(fresh.map(({ worker }) => worker.drain(0)));
    throw error;
  }
  if (fleet.stopping) throw new Error('the server is stopping');
  const old = fresh.map(({ place, worker }) => fleet.replace(place, worker));
  await Promise.all(old.map((worker) => worker.drain(graceMs)));
}

async function withDeadline(ready: Promise<unknown>): Promise<void> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`a new worker was not ready within ${READY_DEADLINE_MS} ms`)),
    READY_DEADLINE_MS,
  );
  try {
    await Promise.race([ready, expired]);
  } finally {
    clearTimeout(timer);
  }
}
