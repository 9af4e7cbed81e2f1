import {
  type CellsComparison,
  comparisonResultSchema,
  type RunsComparison,
} from '../../analysis/comparison/comparison-result.ts';

/**
 * A comparison as one JSON document, not rounded.
 *
 * @throws ZodError when it is not what the published schema says: a bug, told before it is stored.
 */
export function comparisonJson(comparison: CellsComparison | RunsComparison): string {
  return `${JSON.stringify(comparisonResultSchema.parse(comparison), null, 2)}\n`;
}
