import { z } from 'zod';
import { type SweepPlan, sweepPlanSchema } from '../plan/sweep/sweep-plan.ts';
import { parseJsonText } from './json-text.ts';
import { planPath } from './run-layout.ts';
import { pickRunMachine, runMachineSchema } from './run-machine.ts';
import { sha256 } from './sha256.ts';
import { reading, unreadable } from './store-failure.ts';
import type { StoreFiles } from './store-files.ts';
import type { RunMachine } from './stored-run.ts';

/** Of the run directory as a whole: its plan, its journal and its trial files. */
export const RUN_SCHEMA_VERSION = 1;

const planFileSchema = z.strictObject({
  schemaVersion: z.literal(RUN_SCHEMA_VERSION),
  /** SHA-256 of the plan, hexadecimal. */
  planHash: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  machine: runMachineSchema,
  plan: sweepPlanSchema,
});
export type PlanFile = Readonly<z.infer<typeof planFileSchema>>;

const rawPlanSchema = z.object({ plan: z.unknown() });
const versionSchema = z.object({ schemaVersion: z.number() });

/** 2,000 cells of long texts stay far below it. */
const PLAN_BYTES_MAX = 16 * 2 ** 20;

/** What the file is to hold. Fields are picked: what a caller's machine has besides stays out. */
export function planFileText({
  plan,
  machine,
  createdAt,
}: {
  readonly plan: SweepPlan;
  readonly machine: RunMachine;
  readonly createdAt: Date;
}): string {
  const parsed = sweepPlanSchema.parse(plan);
  const content: PlanFile = {
    schemaVersion: RUN_SCHEMA_VERSION,
    planHash: hashPlan(parsed),
    createdAt: createdAt.toISOString(),
    machine: pickRunMachine(machine),
    plan: parsed,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** @throws LabError RUN_DIRECTORY_UNREADABLE when it is not there, damaged, altered or of a newer version */
export function readPlanFile(
  directory: string,
  files: StoreFiles,
): PlanFile & { readonly fileSha256: string } {
  const path = planPath(directory);
  const bytes = reading(path, () => files.read(path, PLAN_BYTES_MAX));
  const json = parseJsonText(bytes.toString('utf8'));
  const version = versionSchema.safeParse(json);
  if (version.success && version.data.schemaVersion > RUN_SCHEMA_VERSION) {
    throw unreadable(
      `${path} has version ${version.data.schemaVersion} of the run directory, and this pool-lab knows versions up to ${RUN_SCHEMA_VERSION}`,
      { hint: 'read it with the pool-lab that wrote it, or a newer one' },
    );
  }
  const parsed = planFileSchema.safeParse(json);
  if (!parsed.success) {
    throw unreadable(`${path} is damaged: ${firstProblem(json, parsed.error)}`, { hint: HINT });
  }
  // Of the plan as it stands there: one of an older version has no fields that came later.
  if (hashPlan(rawPlanSchema.parse(json).plan) !== parsed.data.planHash) {
    throw unreadable(`${path} was altered: its plan does not have the hash that stands in it`, {
      hint: HINT,
    });
  }
  return { ...parsed.data, fileSha256: sha256(bytes) };
}

const HINT =
  'a run cannot be understood without the plan it was made by: restore the file, or measure anew';

/** Does not depend on the order in which the fields of an object stand. */
export function hashPlan(plan: unknown): string {
  return sha256(JSON.stringify(canonical(plan)));
}

function firstProblem(json: unknown, { issues }: z.ZodError): string {
  if (json === undefined) return 'it is not JSON';
  const [issue] = issues;
  if (issue === undefined) return 'it is no plan';
  return [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': ');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
