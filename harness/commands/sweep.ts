import type { SweepResult } from '../analysis/sweep/sweep-result.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { LabError } from '../lab-error.ts';
import { favorLittleMemory } from '../modest-memory.ts';
import { requirePoolerProgram } from '../pgbouncer/pgbouncer-program.ts';
import { expandCells } from '../plan/sweep/cells.ts';
import { SWEEP_OPTIONS } from '../plan/sweep/sweep-options.ts';
import type { PlannedTrial } from '../plan/sweep/trial-order.ts';
import { foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import { formatCount, plural } from '../report/format.ts';
import { lineText } from '../report/line-text.ts';
import { createPaint } from '../report/paint.ts';
import { shellWord } from '../report/sweep/shell-word.ts';
import { databaseFlags, serviceFlags } from '../report/sweep/sweep-command-line.ts';
import { createSweepProgress, type SweepProgress } from '../report/sweep/sweep-progress.ts';
import { type ReportShellDeps, reportShell } from '../report-shell.ts';
import { requestMixOf } from '../request-mix-of.ts';
import { choosePostgres } from '../runner/database-choice.ts';
import { requireFreeSlots } from '../runner/exhaustion-consent.ts';
import type { LabDeps } from '../runner/lab.ts';
import { createLabMeasurer } from '../runner/lab-measurer.ts';
import { runSweep, type SweepHooks, type SweepMeasurer } from '../runner/sweep.ts';
import { MACHINE_STORE, type StoreDeps } from '../store/store-deps.ts';
import { withAskedMetrics } from './asked-metrics.ts';
import type { Command } from './command.ts';
import { labDeps } from './lab-deps.ts';
import { type AskedSweep, askedSweep } from './sweep-asked.ts';
import { type PostgresChoice, requireSameDatabase, sweepOn } from './sweep-database.ts';
import { sweepExitCode } from './sweep-exit-code.ts';
import { requireSameProgram } from './sweep-program.ts';
import { writeSweepReports } from './sweep-reports.ts';
import { type OpenRun, openSweepRun } from './sweep-run.ts';

/** What a sweep is made with. */
export interface SweepParts {
  readonly createMeasurer: (deps: LabDeps) => SweepMeasurer;
  readonly store: StoreDeps;
  readonly shell: (deps: ReportShellDeps) => Promise<string>;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export const sweepCommand: Command = createSweepCommand({
  createMeasurer: createLabMeasurer,
  store: MACHINE_STORE,
  shell: reportShell,
  nowMs: () => performance.now(),
});

/** Many configurations, measured in rounds, kept trial by trial, compared and reported. */
export function createSweepCommand(parts: SweepParts): Command {
  return {
    name: 'sweep',
    summary: 'measures many configurations and names the best: workers × pool size × …',
    options: SWEEP_OPTIONS,
    examples: [
      {
        line: 'pool-lab sweep --workload hot --workers 1,2,4 --pool-size 1..32:x2 --connections 64 --duration 3s --warmup 1s',
        shows: 'where more connections make it slower, and the shape to take',
      },
      {
        line: "pool-lab sweep --rate 300/s --pool-size 2..16:x2 --max-connections 50,100 --threshold 'latency.p99<50ms'",
        shows: 'which shapes keep a promise: exit 99 where none does',
      },
      {
        line: 'pool-lab sweep --resume pool-lab-runs/20260102T030405Z-1a2b3c4d',
        shows: 'measures what a sweep lacks that was stopped or failed in part',
      },
    ],
    async run(flags, io) {
      const given = await askedSweep(flags, io.env);
      for (const warning of given.warnings) io.stderr.write(`${warning}\n`);
      const deps = { ...labDeps(io, given.labParent), command: 'sweep' };
      const startsService = given.plan?.base.service?.kind === 'command';
      const postgres = await choosePostgres(given.database, { ...deps, startsService });
      const asked = { ...sweepOn(foreignDatabaseOf(postgres), given), postgres };
      if (asked.plan !== null) {
        await requirePoolerProgram(asked.plan.base.pooler, io.env);
        requireSlotsOf(asked, expandCells(asked.plan));
      }
      const run = openSweepRun(asked, { io, store: parts.store });
      if (run.pending.length > 0) await requirePoolerProgram(run.plan.base.pooler, io.env);
      const style = { columns: io.stderr.columns, paint: createPaint(io.stderr.color) };
      for (const line of run.opening) io.stderr.write(`${lineText(line, style)}\n`);
      try {
        if (run.pending.length > 0) requireSameProgram(run, asked);
        const startsIt = run.plan.base.service?.kind === 'command';
        // A run that is gone on with says by its plan what is to be measured there.
        const found =
          startsIt === startsService
            ? asked
            : {
                ...asked,
                postgres: await choosePostgres(given.database, {
                  ...deps,
                  startsService: startsIt,
                }),
              };
        if (run.pending.length > 0) {
          const { requests } = run.plan.base;
          // Data that changed or a variable that is missing would fail every trial.
          if (requests !== null) requestMixOf(requests, io);
          requireSameDatabase(run, found);
          requireSlotsOf(found, expandCells(run.plan));
        }
        return await sweep(run, found, { io, parts });
      } finally {
        run.writer.close();
      }
    },
  };
}

/** @throws LabError REFUSED_EXHAUSTION that names the first cells that leave others no slots */
function requireSlotsOf(
  { postgres, database }: Pick<AskedSweep, 'database'> & PostgresChoice,
  cells: ReturnType<typeof expandCells>,
): void {
  requireFreeSlots(foreignDatabaseOf(postgres), database, { cells, load: 'own' });
}

/** How measuring ended, and what could not be measured. */
interface Measured {
  readonly ended: 'completed' | 'stopped' | 'gave up';
  /** Trials measured now. */
  readonly count: number;
  /** Why it was given up; else of the first trial that failed; `null`: none did. */
  readonly failure: LabError | null;
}

async function sweep(
  run: OpenRun,
  asked: AskedSweep & PostgresChoice,
  { io, parts }: { readonly io: Io; readonly parts: SweepParts },
): Promise<ExitCode> {
  using _ = favorLittleMemory(run.doneBefore + run.pending.length);
  const measured = await measure(run, asked, { io, parts });
  const { ended, failure } = measured;
  const goOn = `npx pool-lab sweep --resume ${shellWord(run.directory)}${serviceFlags(run.plan)}${databaseFlags(run.plan)}${asked.placeFlags}`;
  if (run.doneBefore + measured.count === 0) {
    if (failure !== null && ended === 'gave up') throw failure;
    if (ended === 'stopped') {
      io.stderr.write(`stopped before any trial was measured\n→ to go on: ${goOn}\n`);
      return EXIT_CODE.interrupted;
    }
  }
  const result = await writeSweepReports(run, {
    io,
    json: asked.json,
    labParent: asked.labParent,
    store: parts.store,
    // Whoever stops it waits for its end, and the page may have to be built.
    shell: ended === 'stopped' ? null : parts.shell,
  });
  sayWhatIsMissing(result, measured, { io, goOn });
  if (ended === 'stopped') return EXIT_CODE.interrupted;
  return sweepExitCode(result, { failure, thresholds: run.plan.base.thresholds.length });
}

async function measure(
  run: OpenRun,
  asked: AskedSweep & PostgresChoice,
  { io, parts }: { readonly io: Io; readonly parts: SweepParts },
): Promise<Measured> {
  if (run.pending.length === 0) return { ended: 'completed', count: 0, failure: null };
  const { stderr, env, signal } = io;
  const progress = createSweepProgress({
    output: stderr,
    live: isLive(io),
    paint: createPaint(stderr.color),
    plan: run.plan,
    pending: run.pending,
    doneBefore: run.doneBefore,
    nowMs: parts.nowMs,
  });
  const failed: LabError[] = [];
  let count = 0;
  try {
    const ended = await withAskedMetrics(asked, progress.note, ({ observer }) =>
      runSweep(run.pending, {
        measurer: parts.createMeasurer({
          ...labDeps(io, asked.labParent),
          env,
          warn: (sentence) => progress.note(sentence),
          observer,
          postgres: asked.postgres,
          startsService: run.plan.base.service?.kind === 'command',
        }),
        record: run.writer,
        hooks: hooksFor(progress, {
          onMeasured: () => {
            count += 1;
          },
          onFailed: (error) => failed.push(error),
        }),
        signal,
      }),
    );
    if (ended === 'completed' && failed.length === 0) run.writer.finished();
    return { ended, count, failure: failed[0] ?? null };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { ended: 'gave up', count, failure: error };
  } finally {
    progress.end();
  }
}

/** Some build servers give their jobs a terminal, and keep every redrawn line of it. */
function isLive({ stderr, env }: Pick<Io, 'stderr' | 'env'>): boolean {
  const ci = env['CI'] ?? '';
  return stderr.isTty && env['TERM'] !== 'dumb' && (ci === '' || ci === 'false');
}

function hooksFor(
  progress: SweepProgress,
  seen: { readonly onMeasured: () => void; readonly onFailed: (error: LabError) => void },
): SweepHooks {
  return {
    onTrial: (trial: PlannedTrial, position: number) => {
      progress.trial(trial, position);
      return {
        onPhase: progress.phase,
        onProgress: (load, { workersNow, workersPeak }) =>
          progress.load(load, { now: workersNow, peak: workersPeak }),
      };
    },
    onMeasured: (trial, result) => {
      seen.onMeasured();
      progress.measured(trial, result);
    },
    onFailed: (trial, error) => {
      seen.onFailed(error);
      progress.failed(trial, error);
    },
    onTeardownFailed: ({ message }) =>
      progress.note(`something did not end well, all results are safe: ${message}`),
  };
}

/** On stderr too: with `--json`, stdout has no room for it. */
function sayWhatIsMissing(
  { trials }: SweepResult,
  { ended, failure }: Measured,
  { io, goOn }: { readonly io: Io; readonly goOn: string },
): void {
  const missing = trials.planned - trials.measured;
  if (missing === 0) return;
  const { red } = createPaint(io.stderr.color);
  if (failure !== null && ended !== 'stopped') {
    const { message, hint } = failure;
    const more = trials.failed > 1 ? ` (the first of ${formatCount(trials.failed)} failures)` : '';
    io.stderr.write(`${red(message)}${ended === 'gave up' ? '' : more}\n→ ${hint}\n`);
  }
  io.stderr.write(
    `${plural(trials.measured, 'trial')} of ${formatCount(trials.planned)} measured, ${formatCount(missing)} missing\n→ to measure what is missing: ${goOn}\n`,
  );
}
