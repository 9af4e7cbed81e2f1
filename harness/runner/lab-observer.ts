import type { CpuPart, LoadPhase, ServerSideSample } from '../../server/contract.ts';
import type { LoadProgress, LoadResult } from '../load/load-engine.ts';

/**
 * Who is told what the lab does, beside whoever asked for it: the harness's own metrics. It takes note
 * and returns at once.
 */
export interface LabObserver {
  /** A process with its descendants; the function given back is called while it still runs, at its end. */
  onProcess(part: CpuPart, pid: number): () => void;
  /** A run of the load begins. */
  onLoad(phase: Exclude<LoadPhase, 'idle'>): LoadObserver;
  /** The database's side, where the API that runs cannot be told: it was not started from here. */
  onServerSide(sample: ServerSideSample): void;
}

export interface LoadObserver {
  progress(progress: LoadProgress): void;
  /** `null`: it failed, and what its last report told is all there is. Nothing is told after it. */
  ended(result: LoadResult | null): void;
}

export const UNOBSERVED: LabObserver = {
  onProcess: () => () => undefined,
  onLoad: () => ({ progress: () => undefined, ended: () => undefined }),
  onServerSide: () => undefined,
};
