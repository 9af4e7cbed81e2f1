import { type MeasuredTrial, measuredTrialSchema } from '../analysis/trial-result.ts';

/**
 * The result as one JSON document, not rounded.
 *
 * @throws ZodError when it is not what the published schema says: a bug, told before it is stored.
 */
export function trialJson(result: MeasuredTrial): string {
  return `${JSON.stringify(measuredTrialSchema.parse(result), null, 2)}\n`;
}
