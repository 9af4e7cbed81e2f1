import { z } from 'zod';
import { type SweepResult, sweepResultSchema } from '../../../analysis/sweep/sweep-result.ts';

/** What holds the result together: other values here would be another schema, not a sparse result. */
const KEPT = new Set(['id', 'cells', 'workers', 'poolSizes', 'plan', 'variables', 'rounds']);

/**
 * The same result with some of everything that may be absent absent, some lists empty, and some numbers
 * zero or huge: still what the schema says, whatever the analysis would make of it.
 */
export function sparseSweep(result: SweepResult, random: () => number): SweepResult {
  return sweepResultSchema.parse(thinned(sweepResultSchema, result, random));
}

function thinned(schema: unknown, value: unknown, random: () => number): unknown {
  if (schema instanceof z.ZodNullable) {
    if (value === null || random() < 0.3) return null;
    return thinned(schema.unwrap(), value, random);
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => thinned(schema.element, item, random));
  }
  if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => [
        key,
        key === 'rounds' && Array.isArray(field) && random() < 0.2
          ? []
          : KEPT.has(key) && key !== 'cells'
            ? field
            : thinned(fieldOf(schema, key), field, random),
      ]),
    );
  }
  if (schema instanceof z.ZodNumber && typeof value === 'number' && random() < 0.1) {
    return [0, value * 1e6, value / 1e6].find((it) => schema.safeParse(it).success) ?? value;
  }
  return value;
}

function fieldOf(schema: z.ZodObject, key: string): unknown {
  return schema.shape[key];
}
