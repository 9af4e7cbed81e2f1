import { type RoundsResult, roundsResultSchema } from '../analysis/estimates/rounds-result.ts';

/**
 * All rounds as one JSON document, not rounded.
 *
 * @throws ZodError when it is not what the published schema says: a bug, told before it is stored.
 */
export function roundsJson(result: RoundsResult): string {
  return `${JSON.stringify(roundsResultSchema.parse(result), null, 2)}\n`;
}
