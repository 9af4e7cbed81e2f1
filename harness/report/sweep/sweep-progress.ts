import type { MeasuredTrial } from '../../analysis/trial-result.ts';
import type { LoadProgress } from '../../load/load-engine.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { type PlannedTrial, postgresKey } from '../../plan/sweep/trial-order.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import { computeBudget } from '../../sizing/budget.ts';
import { poolerLimits } from '../../sizing/pooler-limits.ts';
import { shapeOfPool } from '../../sizing/process-claim.ts';
import { formatCount } from '../format.ts';
import { LoadRate } from '../load-rate.ts';
import type { Paint } from '../paint.ts';
import { PHASE_WORDS, phaseWords, type TrialPhase } from '../phase-words.ts';
import { wrap } from '../text-layout.ts';
import { type ConnectionBudget, connectionBar } from './connection-bar.ts';
import { type BlockLine, createLiveBlock } from './live-block.ts';
import { RemainingTime, roughDuration } from './remaining-time.ts';
import { failureText, outcomeText, trialText } from './trial-words.ts';

/** What a sweep does now, for people: how far it is, what it measures, what it found last. */
export interface SweepProgress {
  /** `position` from 1 of the trials to be measured now. */
  trial(trial: PlannedTrial, position: number): void;
  phase(phase: TrialPhase): void;
  load(progress: LoadProgress, connections: Connections): void;
  measured(trial: PlannedTrial, result: MeasuredTrial): void;
  failed(trial: PlannedTrial, error: Failure): void;
  /** A sentence that stays. */
  note(sentence: string): void;
  /** Removes what is live. */
  end(): void;
}

type Connections = NonNullable<ConnectionBudget['seen']>;
type Failure = Parameters<typeof failureText>[0];

export interface SweepProgressOptions {
  readonly output: { write(text: string): void; readonly columns: number };
  /** A block that is drawn again and again, for a terminal; else a line for each trial. */
  readonly live: boolean;
  readonly paint: Paint;
  readonly plan: Pick<SweepPlan, 'axes' | 'rounds'>;
  /** Those to be measured now. */
  readonly pending: readonly PlannedTrial[];
  /** Trials that were measured before, by a sweep that is gone on with. */
  readonly doneBefore: number;
  readonly nowMs: () => number;
}

/** The lab's own monitor. */
const OTHERS = 1;
const STARTING_POSTGRES = 'starting PostgreSQL';

export function createSweepProgress(options: SweepProgressOptions): SweepProgress {
  const counting = new Counting(options);
  return options.live ? liveProgress(options, counting) : plainProgress(options, counting);
}

/** Where the sweep is, in numbers. */
class Counting {
  readonly total: number;
  readonly #remaining: RemainingTime;
  readonly #nowMs: () => number;
  #ended: number;

  constructor({ pending, doneBefore, nowMs }: SweepProgressOptions) {
    this.total = doneBefore + pending.length;
    this.#ended = doneBefore;
    this.#nowMs = nowMs;
    this.#remaining = new RemainingTime(
      pending.map(({ plan }) => plan),
      nowMs(),
    );
  }

  /** Trials that ended, those of earlier among them. */
  get ended(): number {
    return this.#ended;
  }

  get leftText(): string {
    return this.#ended === this.total
      ? 'done'
      : `about ${roughDuration(this.#remaining.leftMs(this.#nowMs()))} left`;
  }

  end(plan: TrialPlan, state: 'measured' | 'failed'): void {
    this.#ended += 1;
    this.#remaining.ended(plan, state, this.#nowMs());
  }
}

/** A line for each trial, with its result: for logs. */
function plainProgress({ output, plan }: SweepProgressOptions, counting: Counting): SweepProgress {
  const say = (text: string): void =>
    output.write(`${wrap(text, { columns: output.columns, indent: 2 })}\n`);
  const sayEnd = (trial: PlannedTrial, state: 'measured' | 'failed', outcome: string): void => {
    counting.end(trial.plan, state);
    const position = `${formatCount(counting.ended)}/${formatCount(counting.total)}`;
    const round = plan.rounds === 1 ? '' : ` round ${trial.round},`;
    say(`${position}${round} ${trialText(trial, plan.axes)}: ${outcome}; ${counting.leftText}`);
  };
  return {
    trial: () => undefined,
    phase: () => undefined,
    load: () => undefined,
    measured: (trial, result) => sayEnd(trial, 'measured', outcomeText(result)),
    failed: (trial, error) => sayEnd(trial, 'failed', failureText(error)),
    note: say,
    end: () => undefined,
  };
}

const asItIs = (text: string): string => text;

/** Five lines in place. */
function liveProgress(options: SweepProgressOptions, counting: Counting): SweepProgress {
  const { output, paint, plan, pending } = options;
  const block = createLiveBlock(output);
  let current: PlannedTrial | null = null;
  let activity = STARTING_POSTGRES;
  let rate = new LoadRate();
  let connections: Connections | null = null;
  let last: string | null = null;

  const draw = (): void =>
    block.draw([
      {
        text: `${whereText(current, counting, plan.rounds)}: ${activity}; ${counting.leftText}`,
        paint: paint.bold,
      },
      ...(current === null ? [] : [{ text: trialText(current, plan.axes), paint: asItIs }]),
      ...(rate.text === '' ? [] : [{ text: rate.text, paint: asItIs }]),
      ...(current === null ? [] : [barLine(current.plan, connections, options)]),
      ...(last === null ? [] : [{ text: `last: ${last}`, paint: paint.dim }]),
    ]);
  const ended = (trial: PlannedTrial, state: 'measured' | 'failed', outcome: string): void => {
    counting.end(trial.plan, state);
    last = `${trialText(trial, plan.axes)}: ${outcome}`;
    const following = pending[pending.indexOf(trial) + 1];
    if (following === undefined) activity = 'stopping PostgreSQL';
    else if (state === 'failed' || postgresKey(following.plan) !== postgresKey(trial.plan)) {
      activity = STARTING_POSTGRES;
    }
    current = null;
    rate = new LoadRate();
    draw();
  };

  draw();
  return {
    trial(trial) {
      current = trial;
      activity = phaseWords('start', trial.plan);
      rate = new LoadRate();
      connections = null;
      draw();
    },
    phase(phase) {
      activity = current === null ? PHASE_WORDS[phase] : phaseWords(phase, current.plan);
      // Nobody looks any more, and what was seen last is being closed.
      if (phase === 'stop') connections = null;
      draw();
    },
    load(progress, seen) {
      rate.see(progress);
      connections = seen;
      if (current !== null) activity = loadText(progress, current.plan);
      draw();
    },
    measured: (trial, result) => ended(trial, 'measured', outcomeText(result)),
    failed: (trial, error) => ended(trial, 'failed', failureText(error)),
    note: (sentence) => block.print(wrap(sentence, { columns: output.columns, indent: 2 })),
    end: block.end,
  };
}

/** `trial 17 of 72, round 2 of 3`. */
function whereText(
  current: PlannedTrial | null,
  { ended, total }: Counting,
  rounds: number,
): string {
  const where =
    current === null
      ? `${formatCount(ended)} of ${formatCount(total)} trials`
      : `trial ${formatCount(ended + 1)} of ${formatCount(total)}`;
  const round = current === null || rounds === 1 ? '' : `, round ${current.round} of ${rounds}`;
  return `${where}${round}`;
}

/** `measuring 3/10 s`. */
function loadText(progress: LoadProgress, { durationMs }: TrialPlan): string {
  const phase = progress.elapsedMs > durationMs ? 'draining' : PHASE_WORDS.measure;
  const seconds = `${Math.floor(progress.elapsedMs / 1_000)}/${Math.ceil(durationMs / 1_000)} s`;
  return `${phase} ${seconds}`;
}

function barLine(
  plan: TrialPlan,
  seen: Connections | null,
  { output, paint }: SweepProgressOptions,
): BlockLine {
  const { maxConnections } = plan.postgres;
  const { ceiling, rolloutCeiling, usable, fits, fitsDuringRollout } = computeBudget({
    workers: plan.workers,
    shape: shapeOfPool(plan.pool),
    rolloutSurge: Math.max(1, plan.rolloutSurge),
    maxConnections,
    superuserReserved: plan.postgres.superuserReservedConnections,
    reserved: plan.postgres.reservedConnections,
    others: OTHERS,
    pooler: poolerLimits(plan.pooler),
  });
  // With a rolling restart in the trial, its extra workers are no matter of a later deploy.
  const rollsOut = plan.rolloutSurge > 0;
  const fitsNow = rollsOut ? fitsDuringRollout : fits;
  const color = fitsNow ? (fitsDuringRollout ? paint.green : paint.yellow) : paint.red;
  // Three columns stay free; see the block's own margin.
  const text = connectionBar(
    { seen, ceiling: rollsOut ? rolloutCeiling : ceiling, usable, maxConnections },
    output.columns - 3,
  );
  return { text, paint: color };
}
