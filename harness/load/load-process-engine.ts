import { entryPoint } from '../entry-point.ts';
import type { LoadEngine } from './load-engine.ts';
import { type LoadSession, type LoadSessionOptions, openLoadSession } from './load-session.ts';

export interface ClosedEngineOptions {
  /** @default the load process beside this file */
  readonly entry?: string;
  /** Takes note of each process; the function given back is called when it is gone. */
  readonly onSpawn: LoadSessionOptions['onSpawn'];
}

export interface ClosedEngine extends LoadEngine {
  readonly kind: 'closed';
  /** One process for several runs, e.g. warm-up and measurement: it starts only once. */
  open(): Promise<LoadSession>;
}

/** The closed loop in a process of its own: one process per run, or per session. */
export function createClosedEngine(options: ClosedEngineOptions): ClosedEngine {
  const { entry = entryPoint(import.meta.url, './load-process'), onSpawn } = options;
  const open = (): Promise<LoadSession> => openLoadSession({ engine: 'closed', entry, onSpawn });
  return {
    kind: 'closed',
    open,
    run: async (request, hooks) => {
      await using session = await open();
      return await session.run(request, hooks);
    },
  };
}
