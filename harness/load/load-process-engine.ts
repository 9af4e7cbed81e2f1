import { entryPoint } from '../entry-point.ts';
import type { LoadEngine } from './load-engine.ts';
import { type LoadSession, type LoadSessionOptions, openLoadSession } from './load-session.ts';

export interface LoadProcessOptions {
  /** @default the load process beside this file */
  readonly entry?: string;
  /** Takes note of each process; the function given back is called when it is gone. */
  readonly onSpawn: LoadSessionOptions['onSpawn'];
}

export interface LoadProcessEngine extends LoadEngine {
  /** One process for several runs, e.g. warm-up and measurement: it starts only once. */
  open(): Promise<LoadSession>;
}

/** Both kinds of load in a process of their own: one process per run, or per session. */
export function createLoadEngine(options: LoadProcessOptions): LoadProcessEngine {
  const { entry = entryPoint(import.meta.url, './load-process'), onSpawn } = options;
  const open = (): Promise<LoadSession> => openLoadSession({ entry, onSpawn });
  return {
    open,
    run: async (request, hooks) => {
      await using session = await open();
      return await session.run(request, hooks);
    },
  };
}
