import { z } from 'zod';
import { causeSchema } from '../../analysis/inspection/cause.ts';
import {
  INSPECTION_SCHEMA_VERSION,
  observationSchema,
} from '../../analysis/inspection/inspection.ts';
import type { Inspection } from '../../analysis/inspection/judged-inspection.ts';
import { errorDocumentSchema } from '../error-json.ts';
import { causeAdvice } from './cause-advice.ts';
import { causeSummary } from './cause-summary.ts';
import { inspectionVerdict } from './inspection-verdict.ts';

/** What `inspect --json` prints. */
export const inspectionDocumentSchema = z.strictObject({
  schemaVersion: z.literal(INSPECTION_SCHEMA_VERSION),
  /** The answer in a sentence. */
  verdict: z.string(),
  /** By what ends the trouble first; empty: nothing wrong. */
  causes: z.array(
    z.strictObject({
      summary: z.string(),
      advice: z.string(),
      /** Its code, how certain it is, and its numbers. */
      cause: causeSchema,
    }),
  ),
  thresholds: z.array(
    z.strictObject({ expression: z.string(), met: z.boolean(), detail: z.string() }),
  ),
  observation: observationSchema,
});

/** As one document, or as one line of many. */
export function inspectionJson(
  { observation, causes, thresholds }: Inspection,
  { pretty }: { readonly pretty: boolean },
): string {
  const document: z.infer<typeof inspectionDocumentSchema> = {
    schemaVersion: INSPECTION_SCHEMA_VERSION,
    verdict: inspectionVerdict(observation, causes).text,
    causes: causes.map((cause) => ({
      summary: causeSummary(cause, observation),
      advice: causeAdvice(cause, observation),
      cause,
    })),
    thresholds: thresholds.map(({ expression, met, detail }) => ({ expression, met, detail })),
    observation,
  };
  const checked = inspectionDocumentSchema.parse(document);
  const text = pretty ? JSON.stringify(checked, null, 2) : JSON.stringify(checked);
  return `${text.replace(NOT_FOR_TERMINALS, escaped)}\n`;
}

/** Names are as they are on the server. JSON leaves these as they are, and a terminal would obey some. */
const NOT_FOR_TERMINALS = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The published JSON Schema (draft 2020-12) of `--json`, errors included. */
export function inspectionJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(
    z.union([inspectionDocumentSchema, errorDocumentSchema]),
    { target: 'draft-2020-12', reused: 'ref' },
  );
  const document = {
    $schema,
    title: `Result of pool-lab inspect, schema version ${INSPECTION_SCHEMA_VERSION}`,
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
