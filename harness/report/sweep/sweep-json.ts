import { type SweepResult, sweepResultSchema } from '../../analysis/sweep/sweep-result.ts';

/**
 * The result as one JSON document, not rounded.
 *
 * @throws ZodError when it is not what the published schema says: a bug, told before it is printed.
 */
export function sweepJson(result: SweepResult): string {
  return `${JSON.stringify(sweepResultSchema.parse(result), null, 2)}\n`;
}
