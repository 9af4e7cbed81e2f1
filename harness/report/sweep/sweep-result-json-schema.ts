import { z } from 'zod';
import {
  SWEEP_RESULT_SCHEMA_VERSION,
  sweepResultSchema,
} from '../../analysis/sweep/sweep-result.ts';
import { errorDocumentSchema } from '../error-json.ts';

/** Everything that `sweep --json` and `report --format json` print: the sweep, or why there is none. */
const sweepDocumentSchema = z.union([sweepResultSchema, errorDocumentSchema]);

/** The published JSON Schema (draft 2020-12), made from the schema that checks results. */
export function sweepResultJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(sweepDocumentSchema, {
    target: 'draft-2020-12',
    reused: 'ref',
  });
  const document = {
    $schema,
    title: `Result of pool-lab sweep, schema version ${SWEEP_RESULT_SCHEMA_VERSION}`,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
