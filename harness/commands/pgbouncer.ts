import type { CellTrial } from '../analysis/sweep/cell-rounds.ts';
import { watchedTrial } from '../analysis/trial-result.ts';
import { summarizeWays } from '../analysis/ways/summarize-ways.ts';
import type { WaysResult } from '../analysis/ways/ways-result.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { LabError } from '../lab-error.ts';
import { mergeHistograms } from '../load/account/histogram.ts';
import { requirePgbouncer } from '../pgbouncer/pgbouncer-program.ts';
import type { RawEnv } from '../plan/option-table.ts';
import type { PlannedTrial } from '../plan/sweep/trial-order.ts';
import { parseWays } from '../plan/ways/parse-ways.ts';
import { WAYS, type Way } from '../plan/ways/way.ts';
import { WAYS_OPTIONS } from '../plan/ways/ways-options.ts';
import { orderWays, planWays, type WaysPlan } from '../plan/ways/ways-plan.ts';
import { foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import { createPaint } from '../report/paint.ts';
import { PHASE_WORDS } from '../report/phase-words.ts';
import { createProgress, type Progress } from '../report/progress.ts';
import { outcomeText } from '../report/sweep/trial-words.ts';
import { WAY_NAME } from '../report/ways/way-words.ts';
import { waysJson } from '../report/ways/ways-json.ts';
import { waysTerminal } from '../report/ways/ways-terminal.ts';
import { choosePostgres, planOn } from '../runner/database-choice.ts';
import { requireFreeSlots } from '../runner/exhaustion-consent.ts';
import type { LabDeps } from '../runner/lab.ts';
import { createLabMeasurer } from '../runner/lab-measurer.ts';
import {
  runSweep,
  type SweepHooks,
  type SweepMeasurer,
  type SweepRecord,
} from '../runner/sweep.ts';
import type { Command } from './command.ts';
import { labDeps } from './lab-deps.ts';
import { startingText } from './starting-text.ts';

/** What a comparison is made with. */
export interface PgbouncerParts {
  readonly createMeasurer: (deps: LabDeps) => SweepMeasurer;
  /** @throws LabError PGBOUNCER_MISSING */
  readonly requirePgbouncer: (env: RawEnv) => Promise<unknown>;
  readonly choosePostgres: typeof choosePostgres;
}

export const pgbouncerCommand: Command = createPgbouncerCommand({
  createMeasurer: createLabMeasurer,
  requirePgbouncer,
  choosePostgres,
});

/** A pool alone, a small pool and PgBouncer, no pool, no pool and PgBouncer: the same load on all four. */
export function createPgbouncerCommand(parts: PgbouncerParts): Command {
  return {
    name: 'pgbouncer',
    summary:
      'would a PgBouncer help? a pool alone, with one, no pool, no pool with one: the same load',
    options: WAYS_OPTIONS,
    examples: [
      {
        line: 'pool-lab pgbouncer',
        shows: '160 callers, 26 usable slots: who is refused, what each way costs, what to deploy',
      },
      {
        line: 'pool-lab pgbouncer --workers 8 --pool-size 10 --max-connections 100 --workload hold --param ms=20 --rounds 5',
        shows: 'your own shape, with connections held for 20 ms, and tighter intervals',
      },
      {
        line: 'pool-lab pgbouncer --small-pool-size 20 --pooler-size 10 --json',
        shows: 'queueing in PgBouncer rather than in the pools, for scripts',
      },
    ],
    async run(flags, io) {
      const given = parseWays({ flags, env: io.env });
      for (const warning of given.warnings) io.stderr.write(`${warning}\n`);
      // Before anything is started or measured: half of the ways need it.
      await parts.requirePgbouncer(io.env);
      const deps = labDeps(io, given.directory);
      const postgres = await parts.choosePostgres(given.database, {
        ...deps,
        command: 'pgbouncer',
      });
      const foreignDatabase = foreignDatabaseOf(postgres);
      const plan = planWays(planOn(foreignDatabase, given.base), given.rounds, given.asked);
      const cells = WAYS.map((way) => ({ id: WAY_NAME[way], plan: plan.plans[way] }));
      requireFreeSlots(foreignDatabase, given.database, { cells, load: 'own' });
      const progress = createProgress(io.stderr);
      try {
        const measurer = parts.createMeasurer({ ...deps, postgres });
        progress.report({ kind: 'step', text: startingText(postgres) });
        const found = await measureWays(plan, { measurer, progress, io });
        progress.end();
        return report(found, { plan, json: given.json, io });
      } finally {
        progress.end();
      }
    },
  };
}

/** What was measured, and what could not be. */
interface Found {
  readonly trials: ReadonlyMap<Way, readonly CellTrial[]>;
  readonly ended: 'completed' | 'stopped';
  /** Of the first trial that failed; `null`: none did. */
  readonly failure: LabError | null;
}

async function measureWays(
  plan: WaysPlan,
  {
    measurer,
    progress,
    io,
  }: { readonly measurer: SweepMeasurer; readonly progress: Progress; readonly io: Io },
): Promise<Found> {
  const order = orderWays(plan);
  const trials = new Map<Way, CellTrial[]>(WAYS.map((way) => [way, []]));
  const failures: LabError[] = [];
  const keep = ({ cell }: PlannedTrial, trial: CellTrial): void => {
    const way = WAYS.find((it) => it === cell.id);
    if (way !== undefined) trials.get(way)?.push(trial);
  };
  const record: SweepRecord = {
    started: () => undefined,
    measured: (trial, result) => keep(trial, { state: 'measured', round: trial.round, result }),
    failed(trial, error) {
      failures.push(error);
      const { code, message, hint } = error;
      keep(trial, { state: 'failed', round: trial.round, error: { code, message, hint } });
    },
  };
  const hooks = progressHooks(progress, order.length);
  const ended = await runSweep(order, { measurer, record, hooks, signal: io.signal });
  return { trials, ended, failure: failures[0] ?? null };
}

function progressHooks(progress: Progress, count: number): SweepHooks {
  const step = (text: string): void => progress.report({ kind: 'step', text });
  return {
    onTrial({ cell, plan }, position) {
      const label = `${position} of ${count}, ${nameOf(cell.id)}`;
      return {
        onPhase: (phase) => step(`${label}: ${PHASE_WORDS[phase]}`),
        onProgress: (load) =>
          progress.report({
            kind: 'load',
            phase: `${label}: ${load.elapsedMs > plan.durationMs ? 'draining' : 'measuring'}`,
            totalMs: plan.durationMs,
            model: plan.load.model.kind,
            load,
          }),
      };
    },
    onMeasured: ({ cell }, result) => step(`${nameOf(cell.id)}: ${outcomeText(result)}`),
    onFailed: ({ cell }, { code, message }) =>
      step(`${nameOf(cell.id)}: FAILED, ${code}: ${message}`),
    onTeardownFailed: ({ message }) => step(`something did not end well: ${message}`),
  };
}

function nameOf(cellId: string): string {
  const way = WAYS.find((it) => it === cellId);
  return way === undefined ? cellId : WAY_NAME[way];
}

/** What there is, also where it was stopped; nothing where no trial was measured. */
function report(
  { trials, ended, failure }: Found,
  { plan, json, io }: { readonly plan: WaysPlan; readonly json: boolean; readonly io: Io },
): ExitCode {
  const [first] = [...trials.values()]
    .flat()
    .flatMap((it) => (it.state === 'measured' ? (watchedTrial(it.result) ?? []) : []));
  if (first === undefined) {
    if (failure !== null) throw failure;
    io.signal.throwIfAborted();
    throw new Error('a comparison ended without a trial');
  }
  const result = summarizeWays(
    { plan, trials },
    { environment: first.environment, decode: mergeHistograms },
  );
  const style = { columns: io.stdout.columns, paint: createPaint(io.stdout.color) };
  io.stdout.write(json ? waysJson(result) : waysTerminal(result, style));
  if (failure !== null) {
    io.stderr.write(`${failure.message}\n→ ${failure.hint}\n`);
  }
  if (ended === 'stopped') return EXIT_CODE.interrupted;
  return failure === null ? exitCodeOfWays(result) : failure.exitCode;
}

/** A way that must not be believed must not pass a pipeline. */
function exitCodeOfWays({ verdict }: Pick<WaysResult, 'verdict'>): ExitCode {
  return verdict === 'INVALID' ? EXIT_CODE.invalidMeasurement : EXIT_CODE.ok;
}
