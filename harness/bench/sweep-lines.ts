import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { formatBytes, formatCount, formatMs, formatRatio, plural } from '../report/format.ts';
import type { LabDeps } from '../runner/lab.ts';
import { measureTrialOverhead, type TrialOverhead } from './trial-overhead.ts';

/** What was promised; the figures stand beside it. */
const AIMS = { trialOverheadMs: 1_500, rssBytes: 300 * 1_024 * 1_024, reportsMs: 10_000 } as const;
const POOL_SIZES = [2, 5, 8];
const CELLS_FEW = 200;
const CELLS_MANY = 2_000;

const simulatedSweepSchema = z.strictObject({
  cells: z.int(),
  trials: z.int(),
  /** Of one trial, all that is not the load model: order, record, progress. */
  trialMs: z.number(),
  /** By format; `read`: from the run directory to the result that all of them are made from. */
  reportsMs: z.record(z.string(), z.number()),
  htmlBytes: z.int(),
  rssPeakBytes: z.int(),
});
export type SimulatedSweep = Readonly<z.infer<typeof simulatedSweepSchema>>;

/** The part `sweep` of the bench, as lines; the first one is its title. */
export async function sweepLines(deps: LabDeps): Promise<readonly string[]> {
  const lines: string[] = [
    `What a sweep costs beside measuring (aim ≤ ${formatMs(AIMS.trialOverheadMs)} a trial, without warm-up and window)`,
  ];
  for (const workers of [1, 4]) {
    const { trials, postgresRestartsMs } = await measureTrialOverhead(workers, POOL_SIZES, deps);
    lines.push(
      `${plural(workers, 'worker')}: median ${formatMs(medianOf(trials.map(({ sum }) => sum)))} of ${plural(trials.length, 'trial')}`,
      ...trials.map((trial) => `  ${overheadText(trial)}`),
      `  PostgreSQL anew ${postgresRestartsMs.map(formatMs).join(', ')}`,
    );
  }
  const few = await simulate(CELLS_FEW);
  const many = await simulate(CELLS_MANY);
  return [
    ...lines,
    'not included above: the first PostgreSQL; other work of this machine is',
    ...[few, many].map(simulatedText),
    `${formatCount(CELLS_MANY)} over ${formatCount(CELLS_FEW)} cells: ${formatRatio(many.trialMs / few.trialMs)} × the time a trial, ${formatRatio(totalOf(many.reportsMs) / totalOf(few.reportsMs))} × the reports (linear: 1, ${formatRatio(CELLS_MANY / CELLS_FEW)})`,
    `aims at ${formatCount(CELLS_MANY)} cells: below ${formatBytes(AIMS.rssBytes)}, all reports in under ${formatMs(AIMS.reportsMs)}`,
    'not included: PostgreSQL, API and load, which a load model without any time replaces; the build of the HTML page, once for all reports; trials are of 10 s, and longer ones have larger files',
  ];
}

function overheadText({ sum, parts }: TrialOverhead): string {
  const { startServer, aroundWarmup, aroundWindow, stats, stopServer, waitGone, record, rest } =
    parts;
  return `${formatMs(sum)} = start ${formatMs(startServer)} + around the warm-up ${formatMs(aroundWarmup)} + around the window, drain included, ${formatMs(aroundWindow)} + account ${formatMs(stats)} + stop ${formatMs(stopServer)} + until PostgreSQL is rid of them ${formatMs(waitGone)} + record ${formatMs(record)} + rest ${formatMs(rest)}`;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function simulatedText({
  cells,
  trials,
  trialMs,
  reportsMs,
  htmlBytes,
  rssPeakBytes,
}: SimulatedSweep): string {
  const each = Object.entries(reportsMs).map(([name, ms]) => `${name} ${formatMs(ms)}`);
  return `${formatCount(cells)} simulated cells, ${formatCount(trials)} trials: ${formatMs(trialMs)} a trial, all reports ${formatMs(totalOf(reportsMs))} (${each.join(', ')}), HTML of ${formatBytes(htmlBytes)}, at most ${formatBytes(rssPeakBytes)} of memory`;
}

function totalOf(reportsMs: SimulatedSweep['reportsMs']): number {
  return Object.values(reportsMs).reduce((sum, ms) => sum + ms, 0);
}

/** In a process of its own, which has held nothing else in its memory. */
async function simulate(cells: number): Promise<SimulatedSweep> {
  const entry = fileURLToPath(new URL('./simulated-sweep.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [entry, String(cells)]);
  return simulatedSweepSchema.parse(JSON.parse(stdout));
}
