/**
 * Process entry: a sweep of so many cells (argument) on a load model without any time, alone in a
 * process, so that the peak of its memory can be told. Prints a `SimulatedSweep` as one line of JSON.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { favorLittleMemory } from '../modest-memory.ts';
import { countCells } from '../plan/sweep/count-cells.ts';
import { parseSweepPlan } from '../plan/sweep/parse-sweep-plan.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { orderTrials } from '../plan/sweep/trial-order.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { sweepHtml } from '../report/html/sweep-html.ts';
import { createPaint } from '../report/paint.ts';
import { createRedactor } from '../report/redactor.ts';
import { sweepCsv } from '../report/sweep/sweep-csv.ts';
import { sweepJson } from '../report/sweep/sweep-json.ts';
import { sweepJunit } from '../report/sweep/sweep-junit.ts';
import { sweepMarkdown } from '../report/sweep/sweep-markdown.ts';
import { createSweepProgress } from '../report/sweep/sweep-progress.ts';
import { sweepTerminal } from '../report/sweep/sweep-terminal.ts';
import { reportShell } from '../report-shell.ts';
import { machineEnvironment } from '../runner/environment.ts';
import { runSweep } from '../runner/sweep.ts';
import { SILENT } from '../runner/trial.ts';
import { createRun } from '../store/create-run.ts';
import { readRun } from '../store/read-run.ts';
import { MACHINE_STORE } from '../store/store-deps.ts';
import { sweepResultOfRun } from '../store/sweep-result-of-run.ts';
import { createFakeMeasurer, fakeTrial } from '../test/fake-sweep.ts';
import { poolLabVersion } from '../version.ts';
import type { SimulatedSweep } from './sweep-lines.ts';

const cells = Number(process.argv[2]);
const directory = mkdtempSync(join(tmpdir(), 'pool-lab-bench-'));
try {
  process.stdout.write(`${JSON.stringify(await simulate(planOf(cells)))}\n`);
} finally {
  rmSync(directory, { recursive: true });
}

/** Two situations, ten panels at most; one panel for every 200 cells. */
function planOf(count: number): SweepPlan {
  const { plan } = parseSweepPlan({
    flags: {
      workload: 'hot,hold',
      workers: '1,2,4,8',
      poolSize: '1..25',
      maxOverflow: `0..${count / 200 - 1}`,
      maxConnections: '100',
    },
    env: {},
    file: null,
  });
  if (countCells(plan.axes) !== count) throw new Error('give a multiple of 200 cells');
  return plan;
}

async function simulate(plan: SweepPlan): Promise<SimulatedSweep> {
  const redactor = createRedactor();
  const trials = orderTrials(plan);
  // As the command does.
  using _ = favorLittleMemory(trials.length);
  let madeMs = 0;
  const startedMs = performance.now();
  const writer = createRun({
    directory,
    plan,
    machine: machineEnvironment(poolLabVersion()),
    redactor,
    store: MACHINE_STORE,
  });
  const progress = createSweepProgress({
    output: { write: () => undefined, columns: 80 },
    live: true,
    paint: createPaint(true),
    plan,
    pending: trials,
    doneBefore: 0,
    nowMs: () => performance.now(),
  });
  await runSweep(trials, {
    measurer: createFakeMeasurer((trial) => {
      const makingMs = performance.now();
      const result = fakeTrial(trial);
      madeMs += performance.now() - makingMs;
      return result;
    }),
    record: writer,
    hooks: {
      onTrial: (trial, position) => {
        progress.trial(trial, position);
        return SILENT;
      },
      onMeasured: progress.measured,
      onFailed: progress.failed,
      onTeardownFailed: ({ message }) => progress.note(message),
    },
    signal: new AbortController().signal,
  });
  writer.finished();
  writer.close();
  const sweepMs = performance.now() - startedMs - madeMs;
  return {
    cells: countCells(plan.axes),
    trials: trials.length,
    trialMs: sweepMs / trials.length,
    ...(await writeReports(redactor.redact)),
    rssPeakBytes: process.resourceUsage().maxRSS * 1_024,
  };
}

/** All there are, from the run directory and into it, each with its time. */
async function writeReports(
  redact: (text: string) => string,
): Promise<Pick<SimulatedSweep, 'reportsMs' | 'htmlBytes'>> {
  const signal = new AbortController().signal;
  // Built once for all reports of a clone, so not counted.
  const shell = await reportShell({ labParent: LAB_DIRECTORY_PARENT, signal });
  const reportsMs: Record<string, number> = {};
  const timed = <T>(name: string, make: () => T): T => {
    const startedMs = performance.now();
    const made = make();
    reportsMs[name] = performance.now() - startedMs;
    return made;
  };
  const result = timed('read', () => sweepResultOfRun(readRun(directory, MACHINE_STORE.files)));
  const style = { columns: 80, paint: createPaint(false), directory };
  const write = (name: string, make: () => string): number =>
    timed(name, () => {
      const bytes = Buffer.from(make());
      writeFileSync(join(directory, `report.${name}`), bytes);
      return bytes.byteLength;
    });
  write('terminal', () => sweepTerminal(result, style));
  write('markdown', () => sweepMarkdown(result, { directory }));
  write('csv', () => sweepCsv(result));
  write('json', () => sweepJson(result));
  write('junit', () => sweepJunit(result));
  const htmlBytes = write('html', () =>
    sweepHtml(result, { shell, runDirectory: directory, redact }),
  );
  return { reportsMs, htmlBytes };
}
