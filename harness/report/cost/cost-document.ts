import { z } from 'zod';
import {
  COST_SCHEMA_VERSION,
  type CostResult,
  costResultSchema,
} from '../../analysis/cost/cost-result.ts';
import { errorDocumentSchema } from '../error-json.ts';
import { costHeadline } from './cost-headline.ts';

/** What `cost --json` prints. */
const costDocumentSchema = z.strictObject({
  schemaVersion: z.literal(COST_SCHEMA_VERSION),
  /** The answer in a sentence. */
  answer: z.string(),
  ...costResultSchema.shape,
});

export function costJson(result: CostResult): string {
  const document: z.infer<typeof costDocumentSchema> = {
    schemaVersion: COST_SCHEMA_VERSION,
    answer: costHeadline(result),
    ...result,
  };
  return `${JSON.stringify(costDocumentSchema.parse(document), null, 2)}\n`;
}

/** The published JSON Schema (draft 2020-12) of `--json`, errors included. */
export function costJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(
    z.union([costDocumentSchema, errorDocumentSchema]),
    {
      target: 'draft-2020-12',
      reused: 'ref',
    },
  );
  const document = {
    $schema,
    title: `Result of pool-lab cost, schema version ${COST_SCHEMA_VERSION}`,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
