import { z } from 'zod';
import {
  COMPARISON_SCHEMA_VERSION,
  comparisonResultSchema,
} from '../../analysis/comparison/comparison-result.ts';
import { errorDocumentSchema } from '../error-json.ts';

/** The published JSON Schema (draft 2020-12) of `compare --json`, made from the schema that checks it. */
export function comparisonJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(
    z.union([comparisonResultSchema, errorDocumentSchema]),
    { target: 'draft-2020-12', reused: 'ref' },
  );
  const document = {
    $schema,
    title: `Result of pool-lab compare, schema version ${COMPARISON_SCHEMA_VERSION}`,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
