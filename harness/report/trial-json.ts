import { type TrialResult, trialResultSchema } from '../analysis/trial-result.ts';

/**
 * The result as one JSON document, not rounded.
 *
 * @throws ZodError when it is not what the published schema says: a bug, told before it is stored.
 */
export function trialJson(result: TrialResult): string {
  return `${JSON.stringify(trialResultSchema.parse(result), null, 2)}\n`;
}
