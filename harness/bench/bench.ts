/**
 * Process entry of `npm run bench`: what the lab itself costs, as ratios and times within one run.
 * Without arguments all parts, else those named. Says no pass or fail: a shared machine is too noisy
 * for that, so the limits stand beside the figures.
 */

import { POOL_DEFAULTS } from '../../server/contract.ts';
import type { PairedRatio } from '../analysis/statistics/paired-ratio.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { formatCount, formatMs, formatRatio } from '../report/format.ts';
import { createRedactor } from '../report/redactor.ts';
import { type Lab, type LabDeps, withLab } from '../runner/lab.ts';
import { runTrial } from '../runner/trial.ts';
import { poolLabVersion } from '../version.ts';
import { measureAgainstBare, measureInstrumentation, measurePgbench } from './api-cost.ts';
import { benchClosedEngine } from './closed-engine.ts';
import { EMBEDDED_START_LIMITS, measureEmbeddedStarts, type StartTimes } from './embedded-start.ts';
import type { Interleaved } from './interleaved.ts';
import { openEngineLines } from './open-engine-lines.ts';
import { scrapeLines } from './scrape-lines.ts';
import { sweepLines } from './sweep-lines.ts';

const INSTRUMENTATION_ROUNDS = 8;
const INSTRUMENTATION_PAIRS = 8;
const BARE_PAIRS = 12;
const OVERHEAD_TRIALS = 5;

const PARTS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  start: embeddedStart,
  instrumentation: () => onLab(instrumentation),
  bare: () => onLab(bare),
  pgbench: () => onLab(pgbench),
  engine: loadEngine,
  open: openEngineLines,
  overhead: () => onLab(overhead),
  sweep: () => sweepLines(labDeps()),
  scrape: () => scrapeLines(labDeps()),
};

async function embeddedStart(): Promise<readonly string[]> {
  const { cold, fromTemplate, stop } = await measureEmbeddedStarts({
    cold: 3,
    fromTemplatePerCold: 3,
  });
  const times = (name: string, { minMs, medianMs, maxMs }: StartTimes, limitMs?: number): string =>
    `${name}: median ${formatMs(medianMs)} (${formatMs(minMs)} to ${formatMs(maxMs)})${limitMs === undefined ? '' : `, aim ≤ ${formatMs(limitMs)}`}`;
  return [
    'Embedded PostgreSQL, from asking to a connection that succeeded',
    times('cold, nothing staged', cold, EMBEDDED_START_LIMITS.coldMs),
    times('from the template', fromTemplate, EMBEDDED_START_LIMITS.fromTemplateMs),
    times('stop, data removed', stop),
  ];
}

async function instrumentation(lab: Lab): Promise<readonly string[]> {
  const measure = (control: boolean): Promise<Interleaved> =>
    measureInstrumentation(lab, INSTRUMENTATION_ROUNDS, INSTRUMENTATION_PAIRS, control);
  const measured = await measure(false);
  const control = await measure(true);
  return [
    'With metrics over without (aim for the throughput ≥ 0.97, lower end of the interval ≥ 0.95)',
    ratioText('throughput', measured.throughput, measured),
    ratioText('CPU of the worker per answer', measured.cpuPerAnswer, measured),
    ratioText('control, metrics on both sides: throughput', control.throughput, control),
    ratioText('control: CPU of the worker per answer', control.cpuPerAnswer, control),
    `intervals over ${INSTRUMENTATION_ROUNDS} rounds of fresh processes; not included: a scrape of /metrics under load`,
  ];
}

async function bare(lab: Lab): Promise<readonly string[]> {
  const measured = await measureAgainstBare(lab, BARE_PAIRS);
  return [
    'The API over a bare Fastify + pg-pool server, same route and statement',
    ratioText('throughput', measured.throughput, measured),
    'the bare one has no primary, no metrics, no Server-Timing, no pool account',
  ];
}

async function pgbench(lab: Lab): Promise<readonly string[]> {
  const statements = measurePgbench(lab);
  if (statements === null) return ['pgbench: SKIPPED, it is not installed (postgresql-client)'];
  const { windows } = await measureAgainstBare(lab, 2);
  const api = windows.reduce((sum, { left }) => sum + left.perSecond, 0) / windows.length;
  return [
    'Requests of the API per statement of pgbench, same statement, ten connections each',
    `${formatRatio(api / statements)} (${formatCount(api)} requests/s, ${formatCount(statements)} statements/s)`,
    'pgbench speaks no HTTP and is one C process: this is the ceiling, not a rival',
  ];
}

async function loadEngine(): Promise<readonly string[]> {
  const { ratioMedian, runOverheadMsMedian, processStartMs, pairs } = await benchClosedEngine({
    pairs: 5,
    connections: 32,
    durationMs: 1_000,
  });
  return [
    'Closed load engine over plain autocannon, requests per second on a server that does nothing',
    `${ratioMedian.toFixed(3)}, median of ${pairs.length} pairs; the process starts in ${formatMs(processStartMs)}, a run spends ${formatMs(runOverheadMsMedian)} not measuring`,
  ];
}

async function overhead(lab: Lab): Promise<readonly string[]> {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  const spentMs: number[] = [];
  for (let trial = 0; trial < OVERHEAD_TRIALS; trial += 1) {
    const startedMs = performance.now();
    const result = await runTrial(lab, {
      ...plan,
      pool: POOL_DEFAULTS,
      warmupMs: 0,
      durationMs: 1_000,
    });
    spentMs.push(performance.now() - startedMs - result.measuredMs);
  }
  const sorted = spentMs.toSorted((a, b) => a - b);
  return [
    `Time of a trial that is not measuring, ${plan.workers} fresh workers (aim ≤ 1.5 s)`,
    `median ${formatMs(sorted[Math.floor(sorted.length / 2)] ?? null)} (${formatMs(sorted[0] ?? null)} to ${formatMs(sorted.at(-1) ?? null)})`,
    'not included: PostgreSQL and the data, which trials share',
  ];
}

function ratioText(name: string, ratio: PairedRatio | null, { windows }: Interleaved): string {
  if (ratio === null) return `${name}: no ratio, a window had no right answer`;
  const span = (values: readonly number[]): string =>
    `${formatCount(Math.min(...values))} to ${formatCount(Math.max(...values))}/s`;
  return `${name}: ${ratio.ratio.toFixed(3)} [${ratio.low.toFixed(3)}–${ratio.high.toFixed(3)}], ${windows.length} interleaved windows (${span(windows.map(({ left }) => left.perSecond))} against ${span(windows.map(({ right }) => right.perSecond))})`;
}

async function onLab(part: (lab: Lab) => Promise<readonly string[]>): Promise<readonly string[]> {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  return await withLab(plan.postgres, labDeps(), part);
}

function labDeps(): LabDeps {
  return {
    poolLabVersion: poolLabVersion(),
    postgres: EMBEDDED,
    env: process.env,
    signal: new AbortController().signal,
    redactor: createRedactor(),
    labParent: LAB_DIRECTORY_PARENT,
    warn: console.error,
  };
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(
    `no such part: ${unknown.join(', ')}\n→ choose from ${Object.keys(PARTS).join(', ')}`,
  );
  process.exit(2);
}
for (const [name, measure] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [title = '', ...lines] = await measure();
  console.log(`${name}: ${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}
