import type { WatchedTrial } from '../../analysis/trial-result.ts';
import { createPaint } from '../paint.ts';
import { trialTerminal } from '../trial-terminal.ts';
import { sampleTrial } from './sample-trial.ts';

/** The sample trial's report, without colours. */
export function report(changes: Partial<WatchedTrial> = {}, columns = 80): string {
  return trialTerminal(sampleTrial(changes), { columns, paint: createPaint(false) });
}

/** Wrapped lines joined again, to look for sentences. */
export function flat(changes: Partial<WatchedTrial> = {}): string {
  return report(changes).replace(/\s+/g, ' ');
}
