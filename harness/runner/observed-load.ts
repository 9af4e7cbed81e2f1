import type { LoadPhase } from '../../server/contract.ts';
import type { LoadHooks, LoadRequest, LoadResult } from '../load/load-engine.ts';
import type { Lab } from './lab.ts';

/** One run of the lab's load, which its observer sees as well. */
export async function runLoad(
  { load, observer }: Pick<Lab, 'load' | 'observer'>,
  phase: Exclude<LoadPhase, 'idle'>,
  request: LoadRequest,
  hooks: LoadHooks,
): Promise<LoadResult> {
  const observed = observer.onLoad(phase);
  let result: LoadResult | null = null;
  try {
    result = await load.run(request, {
      ...hooks,
      onProgress: (progress) => {
        observed.progress(progress);
        hooks.onProgress(progress);
      },
    });
    return result;
  } finally {
    observed.ended(result);
  }
}
