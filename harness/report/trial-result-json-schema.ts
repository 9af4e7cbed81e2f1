import { z } from 'zod';
import { TRIAL_RESULT_SCHEMA_VERSION, trialResultSchema } from '../analysis/trial-result.ts';

/** The published JSON Schema (draft 2020-12) of `--json`, made from the schema that checks results. */
export function trialResultJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(trialResultSchema, {
    target: 'draft-2020-12',
    reused: 'ref',
  });
  const document = {
    $schema,
    title: `Result of one pool-lab trial, schema version ${TRIAL_RESULT_SCHEMA_VERSION}`,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
