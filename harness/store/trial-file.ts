import { join } from 'node:path';
import { z } from 'zod';
import { type MeasuredTrial, measuredTrialSchema } from '../analysis/trial-result.ts';
import { histogramProblem } from '../load/account/histogram-problem.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { writeDurably } from './durable-file.ts';
import { parseJsonText } from './json-text.ts';
import { trialFile } from './run-layout.ts';
import { sha256 } from './sha256.ts';
import { writing } from './store-failure.ts';
import type { StoreFiles } from './store-files.ts';

/** A trial of one hour has 3,600 seconds of 200 bytes. */
const TRIAL_BYTES_MAX = 64 * 2 ** 20;

const versionSchema = z.object({ schemaVersion: z.number() });

/** What a trial's file has, or a sentence why it cannot be used. */
export type Found<T> =
  | { readonly state: 'found'; readonly found: T }
  /** It is not what was measured. */
  | { readonly state: 'damaged'; readonly why: string }
  /** It may well be what was measured, but the system does not hand it out. */
  | { readonly state: 'unread'; readonly why: string };

export interface TrialFileName {
  readonly directory: string;
  readonly trialId: string;
}

/**
 * @returns SHA-256 of the file, hexadecimal
 * @throws LabError RUN_DIRECTORY_UNWRITABLE
 */
export function writeTrialFile(
  files: StoreFiles,
  { directory, trialId }: TrialFileName,
  result: MeasuredTrial,
): string {
  const path = join(directory, trialFile(trialId));
  // What could not be read again, such as a number that is none, is found now and not after the sweep.
  const bytes = Buffer.from(`${JSON.stringify(measuredTrialSchema.parse(result))}\n`);
  writing(path, () => writeDurably(files, path, bytes));
  return sha256(bytes);
}

/** The bytes that were measured, or why they are not there any more. Never throws for a file's sake. */
export function readTrialBytes(
  files: StoreFiles,
  { directory, trialId }: TrialFileName,
  expectedSha256: string,
): Found<Buffer> {
  let bytes: Buffer;
  try {
    bytes = files.read(join(directory, trialFile(trialId)), TRIAL_BYTES_MAX);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const damage = DAMAGE[code];
    if (damage !== undefined) return damaged(trialId, damage);
    const why = `${trialFile(trialId)} cannot be read (${describeError(error)})`;
    return { state: 'unread', why };
  }
  return sha256(bytes) === expectedSha256
    ? { state: 'found', found: bytes }
    : damaged(trialId, 'is not what was measured: it was altered or cut off');
}

export function parseTrialBytes(trialId: string, bytes: Buffer): Found<MeasuredTrial> {
  const json = parseJsonText(bytes.toString('utf8'));
  const trial = measuredTrialSchema.safeParse(json);
  if (trial.success) {
    const { okHistogram } = trial.data.latencyMs;
    const problem = okHistogram === null ? null : histogramProblem(okHistogram);
    return problem === null
      ? { state: 'found', found: trial.data }
      : damaged(trialId, `has a histogram that ${problem}`);
  }
  const version = versionSchema.safeParse(json);
  const known = measuredTrialSchema.shape.schemaVersion.value;
  if (version.success && version.data.schemaVersion > known) {
    return damaged(
      trialId,
      `has version ${version.data.schemaVersion} of a trial's result, and this pool-lab knows versions up to ${known}`,
    );
  }
  const [issue] = trial.error.issues;
  const where = issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`;
  return damaged(trialId, `is no result of a trial${where}`);
}

function damaged(trialId: string, what: string): { state: 'damaged'; why: string } {
  return { state: 'damaged', why: `${trialFile(trialId)} ${what}, and is not used` };
}

/** What the system's refusal to read says of the file itself. */
const DAMAGE: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'is missing',
  ELOOP: 'is a link, which is not followed',
  EINVAL: 'is not a regular file',
  EISDIR: 'is not a regular file',
  ENXIO: 'is not a regular file',
  EFBIG: `is larger than any trial (${TRIAL_BYTES_MAX} bytes)`,
};
