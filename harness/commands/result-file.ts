import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ComparedCell } from '../analysis/comparison/compared-cell.ts';
import { roundsResultSchema } from '../analysis/estimates/rounds-result.ts';
import { summarizeCell } from '../analysis/sweep/summarize-cell.ts';
import { type SweepResult, sweepResultSchema } from '../analysis/sweep/sweep-result.ts';
import { type MeasuredTrial, measuredTrialSchema } from '../analysis/trial-result.ts';
import { LabError } from '../lab-error.ts';
import { mergeHistograms } from '../load/account/histogram.ts';
import { histogramProblem } from '../load/account/histogram-problem.ts';
import { type Cell, variablesOf } from '../plan/sweep/cells.ts';
import { errorDocumentSchema } from '../report/error-json.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

export type ResultFile =
  | { readonly kind: 'cell'; readonly cell: ComparedCell }
  | { readonly kind: 'sweep'; readonly result: SweepResult };

/** Results of 2,000 cells are some 50 MB; what is larger is no result. */
const BYTES_MAX = 512 * 1024 * 1024;

const REMEDY =
  'name a run directory, a cell of one (DIR#c007), or a file that `pool-lab run --json` or `report --format json` wrote';

export function kindOfPath(path: string): 'directory' | 'file' | 'nothing' {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'nothing';
  return found.isDirectory() ? 'directory' : 'file';
}

/**
 * What `run --json` or `report --format json` wrote: the rounds of one cell, or a sweep.
 *
 * @throws LabError CONFIG_INVALID for a file that cannot be read as one
 */
export function readResultFile(path: string): ResultFile {
  const document = documentOf(path);
  const state = z.object({ state: z.string() }).safeParse(document).data?.state;
  switch (state) {
    case 'measured':
      return {
        kind: 'cell',
        cell: cellOfTrials(path, [parsed(path, measuredTrialSchema, document)]),
      };
    case 'rounds':
      return {
        kind: 'cell',
        cell: cellOfTrials(path, parsed(path, roundsResultSchema, document).rounds),
      };
    case 'sweep':
      return { kind: 'sweep', result: parsed(path, sweepResultSchema, document) };
    default: {
      const failed = errorDocumentSchema.safeParse(document).data?.error;
      throw unusable(
        path,
        failed === undefined
          ? 'is no result of pool-lab'
          : `holds no result but an error: ${failed.code}, ${failed.message}`,
      );
    }
  }
}

function documentOf(path: string): unknown {
  try {
    if (statSync(path).size > BYTES_MAX) throw unusable(path, 'is larger than any result');
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof LabError) throw error;
    const reason =
      systemErrorCode(error) === 'ENOENT'
        ? 'does not exist'
        : `cannot be read: ${describeError(error)}`;
    throw unusable(path, reason, error);
  }
}

function parsed<T>(path: string, schema: z.ZodType<T>, document: unknown): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const where = first === undefined ? '' : ` (${first.path.join('.')}: ${first.message})`;
  throw unusable(path, `is no result that this version of pool-lab reads${where}`, result.error);
}

function unusable(path: string, reason: string, cause?: unknown): LabError {
  return new LabError('CONFIG_INVALID', { message: `${path} ${reason}`, hint: REMEDY, cause });
}

/** The trials of one plan as a cell with its rounds, in the order in which they were run. */
function cellOfTrials(path: string, trials: readonly MeasuredTrial[]): ComparedCell {
  const [first] = trials;
  if (first === undefined) throw unusable(path, 'holds no round');
  for (const { latencyMs } of trials) {
    const problem = latencyMs.okHistogram === null ? null : histogramProblem(latencyMs.okHistogram);
    if (problem !== null) throw unusable(path, `has a histogram that ${problem}`);
  }
  const { plan, environment } = first;
  const cell: Cell = {
    id: 'c001',
    variables: variablesOf(plan),
    plan,
  };
  const stored = trials.map((result, index) => ({
    state: 'measured' as const,
    round: index + 1,
    result,
  }));
  return {
    given: path,
    id: null,
    run: resolve(path),
    roundsAll: trials.length,
    plan,
    environment,
    result: summarizeCell(
      { cell, trials: stored },
      {
        plan: { predictedSurge: Math.max(1, plan.rolloutSurge), base: plan },
        decode: mergeHistograms,
      },
    ),
  };
}
