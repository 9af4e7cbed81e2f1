import type { UncorrectedResult } from './closed/autocannon-adapter.ts';
import { readOpenFilesLimit, requireFileDescriptors } from './file-descriptor-limit.ts';
import {
  connectionsOf,
  type LoadEngine,
  type LoadRequest,
  type RunControl,
} from './load-engine.ts';
import type { LoadCommand } from './load-message.ts';
import { LoadProcessLink } from './load-process-link.ts';
import { forkMeasuring } from './process-link.ts';

/** Node starts in 0.2 to 0.5 s, on a machine that is busy with other things in a few seconds. */
const READY_DEADLINE_MS = 15_000;
/** Beyond a run's own length: first connects, encoding, and a host that is short of CPU. */
const RUN_MARGIN_MS = 10_000;
/** Encoding, and merging where there are several threads, for each second that a thread ran. */
const ENCODING_MS_PER_SECOND = 20;

export interface LoadSessionOptions {
  /** File of the load process. */
  readonly entry: string;
  /** Takes note of the process; the function given back is called when it is gone. */
  readonly onSpawn: (pid: number) => () => void;
}

/** A load process that is ready: warm-up and measurement run in the same one, one at a time. */
export interface LoadSession extends LoadEngine, AsyncDisposable {
  readonly pid: number;
  /**
   * Has the current run go on at another origin, see `RunControl`. Without a run there is nothing to switch: the next
   * one names its own origin.
   */
  switchOrigin(origin: string): Promise<void>;
  /** autocannon as it comes, for comparison; see `UncorrectedResult`. */
  runUncorrected(request: LoadRequest): Promise<UncorrectedResult>;
  /** Resolves when the process is gone. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a load process in a group of its own, so that a terminal's Ctrl-C ends a run through its
 * signal and keeps what was measured. Resolves when the process is ready to start at once.
 *
 * @throws LabError LOAD_PROCESS_FAILED, here and from a run whose process dies or gets stuck;
 *   TOO_FEW_FILE_DESCRIPTORS from a run
 */
export async function openLoadSession(options: LoadSessionOptions): Promise<LoadSession> {
  const { entry, onSpawn } = options;
  const child = forkMeasuring(entry);
  const link = new LoadProcessLink(child);
  if (child.pid !== undefined) void link.exited.then(onSpawn(child.pid));
  try {
    await link.ask(null, 'ready', READY_DEADLINE_MS);
  } catch (error) {
    await link.close();
    throw error;
  }
  let control: RunControl | null = null;
  return {
    pid: child.pid ?? 0,
    run: async (request, { signal, onProgress, onStart = () => undefined, onControl }) => {
      const connections = connectionsOf(request.model);
      const openFilesLimit = await readOpenFilesLimit();
      requireFileDescriptors({ connections, threads: threadsOf(request), openFilesLimit });
      link.onProgress = onProgress;
      link.onStart = onStart;
      using _ = link.stopOn(signal);
      const { durationMs, drainMs } = request;
      const deadlineMs = durationMs + drainMs + RUN_MARGIN_MS + encodingMs(request);
      const command: LoadCommand = { type: 'run', request, aborted: signal.aborted };
      const asked = link.ask(command, 'result', deadlineMs);
      const own: RunControl = { switchOrigin: (origin) => link.switchOrigin(origin) };
      // A run that is refused because of another one leaves that one alone.
      control ??= own;
      onControl?.(own);
      try {
        return (await asked).result;
      } finally {
        if (control === own) {
          control = null;
          link.endSwitches();
        }
      }
    },
    switchOrigin: async (origin) => await control?.switchOrigin(origin),
    runUncorrected: async (request) => {
      const deadlineMs = request.durationMs + RUN_MARGIN_MS;
      const command: LoadCommand = { type: 'run-uncorrected', request };
      return (await link.ask(command, 'uncorrected-result', deadlineMs)).result;
    },
    close: () => link.close(),
    [Symbol.asyncDispose]: () => link.close(),
  };
}

function encodingMs(request: LoadRequest): number {
  const seconds = (request.durationMs + request.drainMs) / 1_000;
  return seconds * threadsOf(request) * ENCODING_MS_PER_SECOND;
}

function threadsOf({ model }: LoadRequest): number {
  return model.kind === 'open' ? model.threads : 1;
}
