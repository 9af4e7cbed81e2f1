import { type SummarizedCell, summarizeCell } from '../analysis/sweep/summarize-cell.ts';
import { summarizeSweep } from '../analysis/sweep/summarize-sweep.ts';
import type { SweepResult } from '../analysis/sweep/sweep-result.ts';
import type { WatchedEnvironment } from '../analysis/trial-machine.ts';
import { type MeasuredTrial, watchedTrial } from '../analysis/trial-result.ts';
import { mergeHistograms } from '../load/account/histogram.ts';
import type { StoredRun } from './stored-run.ts';

/** They differ by their numbers at most: a few say it all. */
const UNSEEN_MAX = 10;

/** What a run directory says, as every report shows it. Reads cell by cell and keeps no trial. */
export function sweepResultOfRun(run: StoredRun): SweepResult {
  const cells: SummarizedCell[] = [];
  let environment: WatchedEnvironment | null = null;
  const unseen = new Set<string>();
  let lastTrialAt: string | null = null;
  for (const stored of run.cells()) {
    cells.push(summarizeCell(stored, { plan: run.plan, decode: mergeHistograms }));
    for (const trial of stored.trials) {
      if (trial.state !== 'measured') continue;
      for (const sentence of trial.result.service?.unseen ?? []) {
        if (unseen.size < UNSEEN_MAX) unseen.add(sentence);
      }
      environment ??= watchedTrial(trial.result)?.environment ?? null;
      const endedAt = endOf(trial.result);
      if (lastTrialAt === null || endedAt > lastTrialAt) lastTrialAt = endedAt;
    }
  }
  const { plan, planHash, createdAt } = run;
  // The list of damage grows while the cells are read.
  return summarizeSweep(cells, {
    plan,
    planHash,
    createdAt,
    damage: run.damage,
    environment,
    unseen: [...unseen],
    lastTrialAt,
  });
}

function endOf({ startedAt, phasesMs }: MeasuredTrial): string {
  const startedMs = Date.parse(startedAt);
  const tookMs = Object.values(phasesMs).reduce((sum, ms) => sum + ms, 0);
  return Number.isNaN(startedMs) ? startedAt : new Date(startedMs + tookMs).toISOString();
}
