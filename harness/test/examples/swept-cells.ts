import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type MeasuredTrial, measuredTrialSchema } from '../../analysis/trial-result.ts';
import { startCli } from '../cli-child.ts';

/** What a cell came to, the worst of it: PostgreSQL refused, the pool gave up a wait, or neither. */
export type CellOutcome = 'exhausted' | 'pool timeout' | 'fine' | 'nothing right';

export interface Swept {
  /** What it said on its way out. */
  readonly report: string;
  /** By shape, e.g. `2 × (1+4)`. */
  readonly trials: ReadonlyMap<string, MeasuredTrial>;
}

/** One sweep of one round from the command line; its directory is gone afterwards. */
export async function sweep(line: readonly string[]): Promise<Swept> {
  const base = mkdtempSync(join(tmpdir(), 'pool-lab-example-'));
  try {
    const out = join(base, 'run');
    const { seen, ended } = startCli(['sweep', ...line, '--rounds', '1', '--out', out]);
    const { code } = await ended;
    // Short windows on a machine that others use may be told to be invalid; what was seen is seen.
    expect([0, 6], seen.stderr).toContain(code);
    const trials = readdirSync(join(out, 'trials')).map((name) =>
      measuredTrialSchema.parse(JSON.parse(readFileSync(join(out, 'trials', name), 'utf8'))),
    );
    return {
      report: seen.stdout,
      trials: new Map(trials.map((trial) => [shapeOf(trial), trial])),
    };
  } finally {
    rmSync(base, { recursive: true });
  }
}

export function outcomesOf({ trials }: Swept): Readonly<Record<string, CellOutcome>> {
  return Object.fromEntries([...trials].map(([shape, trial]) => [shape, outcomeOf(trial)]));
}

function shapeOf({ plan: { workers, pool } }: MeasuredTrial): string {
  return `${workers} × (${pool.poolSize}+${pool.maxOverflow})`;
}

function outcomeOf({ budget, attempts }: MeasuredTrial): CellOutcome {
  if (budget?.observedRefusals === true) return 'exhausted';
  if ((attempts.httpErrors['pool_timeout'] ?? 0) > 0) return 'pool timeout';
  return attempts.ok > 0 ? 'fine' : 'nothing right';
}
