import { z } from 'zod';
import { roundsResultSchema } from '../analysis/estimates/rounds-result.ts';
import { measuredTrialSchema, TRIAL_RESULT_SCHEMA_VERSION } from '../analysis/trial-result.ts';
import { errorDocumentSchema } from './error-json.ts';

/** Everything that `run --json` prints: one trial, several, or why there is none. */
const runResultSchema = z.union([measuredTrialSchema, roundsResultSchema, errorDocumentSchema]);

/** The published JSON Schema (draft 2020-12) of `--json`, made from the schema that checks results. */
export function trialResultJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(runResultSchema, {
    target: 'draft-2020-12',
    reused: 'ref',
  });
  const document = {
    $schema,
    title: `Result of pool-lab run, schema version ${TRIAL_RESULT_SCHEMA_VERSION}`,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
