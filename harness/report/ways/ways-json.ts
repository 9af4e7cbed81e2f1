import { type WaysResult, waysResultSchema } from '../../analysis/ways/ways-result.ts';

/**
 * A comparison of the four ways as one JSON document, not rounded.
 *
 * @throws ZodError when it is not what the published schema says: a bug, told before it is stored.
 */
export function waysJson(result: WaysResult): string {
  return `${JSON.stringify(waysResultSchema.parse(result), null, 2)}\n`;
}
