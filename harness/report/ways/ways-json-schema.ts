import { z } from 'zod';
import { WAYS_RESULT_SCHEMA_VERSION, waysResultSchema } from '../../analysis/ways/ways-result.ts';
import { errorDocumentSchema } from '../error-json.ts';

/** The published JSON Schema (draft 2020-12) of `pgbouncer --json`, made from the schema that checks it. */
export function waysJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(z.union([waysResultSchema, errorDocumentSchema]), {
    target: 'draft-2020-12',
    reused: 'ref',
  });
  const document = {
    $schema,
    title: `Result of pool-lab pgbouncer, schema version ${WAYS_RESULT_SCHEMA_VERSION}`,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
