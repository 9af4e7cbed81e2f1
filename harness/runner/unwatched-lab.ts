import type { Environment } from '../analysis/trial-machine.ts';
import { createLoadEngine } from '../load/load-process-engine.ts';
import type { LoadSession } from '../load/load-session.ts';
import { machineEnvironment } from './environment.ts';
import type { LabSurroundings } from './lab.ts';
import { type LabObserver, UNOBSERVED } from './lab-observer.ts';
import { startWatchdog } from './watchdog.ts';

/**
 * All that there is where a service runs already and nobody said where its database is: the load. Nothing is started
 * but that, and nothing is watched.
 */
export interface UnwatchedLab extends Pick<LabSurroundings, 'signal' | 'warn'> {
  readonly load: LoadSession;
  readonly observer: LabObserver;
  /** Which engine made the load is known with its result. */
  readonly environment: Omit<Environment, 'loadEngine'> & { readonly postgres: null };
}

/** Starts the load process for the time of `use`, and ends it on every path. */
export async function withUnwatchedLab<T>(
  deps: Pick<LabSurroundings, 'poolLabVersion' | 'signal' | 'warn'> & {
    /** @default nobody */
    readonly observer?: LabObserver;
  },
  use: (lab: UnwatchedLab) => Promise<T>,
): Promise<T> {
  const { poolLabVersion, signal, warn, observer = UNOBSERVED } = deps;
  await using stack = new AsyncDisposableStack();
  const watchdog = stack.adopt(startWatchdog(), (it) => it.close());
  void watchdog.died.then(() =>
    warn('the watchdog ended: should this process be killed now, nobody cleans up'),
  );
  const load = stack.use(
    await createLoadEngine({
      onSpawn: (pid) => watchdog.guard({ kind: 'process-group', pid }),
    }).open(),
  );
  stack.defer(observer.onProcess('generator', load.pid));
  const environment = { ...machineEnvironment(poolLabVersion), postgres: null };
  return await use({ load, observer, environment, signal, warn });
}
