import type { Answer } from './answer.ts';
import { answerParts } from './answer-parts.ts';
import { Breakdown } from './breakdown.ts';
import { Histogram } from './histogram.ts';
import { InFlightIntegral } from './in-flight-integral.ts';
import {
  answeredRequests,
  checkLedger,
  type Ending,
  endedRequests,
  LedgerAccount,
} from './ledger.ts';
import {
  COMPONENTS,
  type Component,
  type LoadProgress,
  type LoadResult,
  type Outcome,
  PROGRESS_QUANTILES,
} from './load-engine.ts';
import { type ClockUs, US_PER_MS, US_PER_SECOND } from './monotonic-clock.ts';
import { SecondSeries } from './second-series.ts';

/** Worker ids come from the target; a strange one must not grow the result without end. */
const WORKERS_MAX = 1_000;
/** The first broken laws tell what happened; the rest repeats it. */
const BROKEN_LAWS_MAX = 10;

/** One user's request between its start and its end, as the recorder knows it. */
export interface Flight {
  /** From here its latency counts: when it was due, in µs since the start of the run. */
  readonly intendedUs: number;
  /** When its last attempt began; `null` before the first. */
  readonly sentUs: number | null;
  /** Begun so far. */
  readonly attempts: number;
}

interface OpenFlight extends Flight {
  sentUs: number | null;
  attempts: number;
  attemptIsOpen: boolean;
}

interface RunRecorderOptions {
  readonly clock: ClockUs;
  /** Length of the measured window, in ms; what happens after it is the drain. */
  readonly durationMs: number;
  readonly goodputDeadlineMs: number;
}

/** What a recorder contributes to a `LoadResult`; the engine adds what it knows of itself. */
type RunRecord = Pick<
  LoadResult,
  | 'durationMs'
  | 'drainMs'
  | 'ledger'
  | 'brokenLaws'
  | 'good'
  | 'lagUs'
  | 'serviceUs'
  | 'breakdown'
  | 'inFlightSeconds'
  | 'residenceSeconds'
  | 'seconds'
  | 'latencyUs'
  | 'componentsUs'
  | 'answersByWorker'
>;

/**
 * Keeps one run's account, whatever engine makes the requests: an engine begins a flight when a
 * request is due, tells of each attempt that begins and fails, and ends the flight exactly once.
 * Outcomes: right answers are `ok`; failed answers, connection errors and lost requests are `error`,
 * with the time until they failed; timed-out and unanswered requests are `censored`, with their age.
 */
export class RunRecorder {
  readonly #clock: ClockUs;
  readonly #windowUs: number;
  readonly #goodputDeadlineUs: number;
  readonly #account = new LedgerAccount();
  readonly #integral: InFlightIntegral;
  readonly #seconds = new SecondSeries();
  readonly #latency: Readonly<Record<Outcome, Histogram>> = {
    ok: new Histogram(),
    error: new Histogram(),
    censored: new Histogram(),
  };
  readonly #components: Readonly<Record<Component, Histogram>> = {
    lag: new Histogram(),
    wait: new Histogram(),
    connect: new Histogram(),
    db: new Histogram(),
    loop: new Histogram(),
    rest: new Histogram(),
  };
  readonly #lag = new Histogram();
  readonly #service = new Histogram();
  readonly #breakdown = new Breakdown();
  readonly #answersByWorker = new Map<string, number>();
  readonly #brokenLaws = new Set<string>();
  #originUs = 0;
  #nowUs = 0;
  #residenceUs = 0;
  #good = 0;
  #answeredAtUs = 0;
  #notConnectedSinceUs: number | null = null;

  constructor({ clock, durationMs, goodputDeadlineMs }: RunRecorderOptions) {
    this.#clock = clock;
    this.#windowUs = durationMs * US_PER_MS;
    this.#goodputDeadlineUs = goodputDeadlineMs * US_PER_MS;
    this.#integral = new InFlightIntegral(this.#windowUs);
  }

  /** The moment everything is counted from. */
  start(): void {
    this.#originUs = this.#clock();
  }

  get elapsedUs(): number {
    return this.#now();
  }

  get windowIsOver(): boolean {
    return this.#now() >= this.#windowUs;
  }

  get inFlight(): number {
    return this.#integral.inFlight;
  }

  /** Time since the last answer of any status, or since the start. */
  get sinceAnswerUs(): number {
    return this.#now() - this.#answeredAtUs;
  }

  /** Time since the first connect that failed after the last answer; 0 where none did. */
  get sinceNotConnectedUs(): number {
    return this.#notConnectedSinceUs === null ? 0 : this.#now() - this.#notConnectedSinceUs;
  }

  /**
   * A user's request is due, and in flight from then on.
   *
   * @param intendedUs when it was due, in the past where the generator comes late. @default now
   */
  begin(intendedUs?: number): Flight {
    const nowUs = this.#now();
    const dueUs = Math.min(intendedUs ?? nowUs, nowUs);
    this.#account.schedule();
    this.#seconds.started(nowUs);
    this.#lag.record(nowUs - dueUs);
    this.#integral.change(dueUs, 1);
    const flight: OpenFlight = {
      intendedUs: dueUs,
      sentUs: null,
      attempts: 0,
      attemptIsOpen: false,
    };
    return flight;
  }

  /** An attempt begins: the request is handed to a connection. */
  sent(flight: Flight): void {
    const open = openFlight(flight);
    if (open.attemptIsOpen) throw new Error('one attempt at a time');
    this.#account.startAttempt();
    open.sentUs = this.#now();
    open.attempts += 1;
    open.attemptIsOpen = true;
  }

  /** The attempt is over, and there will be another one. */
  attemptFailed(flight: Flight, ending: Ending): void {
    const open = openFlight(flight);
    if (!open.attemptIsOpen) throw new Error('no attempt to fail');
    open.attemptIsOpen = false;
    this.#account.endAttempt(ending);
    this.#watchTarget(ending);
  }

  /** The request is over, and with it its attempt, if one is under way. */
  end(flight: Flight, ending: Ending): void {
    const open = openFlight(flight);
    if (open.attemptIsOpen) {
      open.attemptIsOpen = false;
      this.#account.endAttempt(ending);
    }
    this.#account.end(ending);
    const endedUs = this.#now();
    const latencyUs = endedUs - flight.intendedUs;
    const outcome = outcomeOf(ending);
    const good = outcome === 'ok' && latencyUs <= this.#goodputDeadlineUs;
    if (good) this.#good += 1;
    const partsUs =
      ending.kind === 'answered' && outcome === 'ok'
        ? this.#recordParts(flight, ending.answer, latencyUs)
        : null;
    this.#seconds.ended(endedUs, { outcome, latencyUs, good, partsUs });
    this.#latency[outcome].record(latencyUs);
    const fromUs = Math.min(flight.intendedUs, this.#windowUs);
    this.#residenceUs += Math.max(0, Math.min(endedUs, this.#windowUs) - fromUs);
    this.#integral.change(endedUs, -1);
    this.#watchTarget(ending);
  }

  /** It was due but never sent, because of a cap. */
  dropped(intendedUs: number): void {
    const nowUs = this.#now();
    this.#account.schedule();
    this.#account.drop();
    this.#seconds.dropped(nowUs);
    this.#lag.record(Math.max(0, nowUs - intendedUs));
  }

  /**
   * `scheduled = ended + in flight`, where the engine says what it sees in flight on its
   * connections. A violation is kept for the result: the numbers stay, the trial is invalid.
   */
  checkBalance(inFlightSeen: number): void {
    const ledger = this.#account.snapshot();
    const inFlight = ledger.scheduled - endedRequests(ledger);
    if (inFlight === inFlightSeen && inFlight === this.inFlight) return;
    if (this.#brokenLaws.size >= BROKEN_LAWS_MAX) return;
    this.#brokenLaws.add(
      `in flight at ${Math.round(this.#now() / US_PER_MS)} ms: by the ledger ${inFlight} = ` +
        `on the connections ${inFlightSeen} = by the counter ${this.inFlight}`,
    );
  }

  progress(): LoadProgress {
    return {
      elapsedMs: this.#now() / US_PER_MS,
      ledger: this.#account.snapshot(),
      good: this.#good,
      inFlight: this.inFlight,
      latencyUs: progressQuantiles(this.#latency.ok),
    };
  }

  /** The whole account. Every flight must have been ended before. */
  finish(): RunRecord {
    this.checkBalance(0);
    const endUs = this.#now();
    const windowUs = Math.min(endUs, this.#windowUs);
    const ledger = this.#account.snapshot();
    const inFlightSeconds = this.#integral.seconds(endUs);
    const seconds = this.#seconds.finish(endUs, (it) => this.#integral.ofSecond(it));
    return {
      durationMs: windowUs / US_PER_MS,
      drainMs: (endUs - windowUs) / US_PER_MS,
      ledger,
      brokenLaws: [...this.#brokenLaws, ...checkLedger(ledger), ...this.#checkOutcomes()],
      good: this.#good,
      inFlightSeconds,
      residenceSeconds: this.#residenceUs / US_PER_SECOND,
      seconds,
      latencyUs: {
        ok: this.#latency.ok.encode(),
        error: this.#latency.error.encode(),
        censored: this.#latency.censored.encode(),
      },
      lagUs: this.#lag.encode(),
      serviceUs: this.#service.encode(),
      componentsUs: {
        lag: this.#components.lag.encode(),
        wait: this.#components.wait.encode(),
        connect: this.#components.connect.encode(),
        db: this.#components.db.encode(),
        loop: this.#components.loop.encode(),
        rest: this.#components.rest.encode(),
      },
      breakdown: this.#breakdown.buckets(),
      answersByWorker: Object.fromEntries(this.#answersByWorker),
    };
  }

  #watchTarget(ending: Ending): void {
    if (ending.kind === 'answered') {
      this.#answeredAtUs = this.#nowUs;
      this.#notConnectedSinceUs = null;
      this.#countWorker(ending.answer.worker);
    } else if (ending.kind === 'not_connected') {
      this.#notConnectedSinceUs ??= this.#nowUs;
    }
  }

  /** A clock that steps back would make negative times; it is noted, and time stands still. */
  #now(): number {
    const nowUs = this.#clock() - this.#originUs;
    if (nowUs >= this.#nowUs) {
      this.#nowUs = nowUs;
    } else if (this.#brokenLaws.size < BROKEN_LAWS_MAX) {
      this.#brokenLaws.add(`the clock went from ${this.#nowUs} µs back to ${nowUs} µs`);
    }
    return this.#nowUs;
  }

  #countWorker(worker: string): void {
    const known = this.#answersByWorker.has(worker);
    const name = known || this.#answersByWorker.size < WORKERS_MAX ? worker : 'others';
    this.#answersByWorker.set(name, (this.#answersByWorker.get(name) ?? 0) + 1);
  }

  #recordParts(
    { intendedUs, sentUs }: Flight,
    { serverTiming }: Answer,
    latencyUs: number,
  ): Readonly<Record<Component, number>> {
    const lagUs = sentUs === null ? 0 : sentUs - intendedUs;
    const partsUs = answerParts(latencyUs, lagUs, serverTiming);
    for (const component of COMPONENTS) this.#components[component].record(partsUs[component]);
    this.#service.record(latencyUs - lagUs);
    this.#breakdown.record(latencyUs, partsUs);
    return partsUs;
  }

  #checkOutcomes(): readonly string[] {
    const ledger = this.#account.snapshot();
    const censored = ledger.timeouts + ledger.unanswered;
    const failed = endedRequests(ledger) - ledger.dropped - ledger.ok - censored;
    const answers = [...this.#answersByWorker.values()].reduce((sum, count) => sum + count, 0);
    const sides: readonly (readonly [string, number, number])[] = [
      ['latencies of right answers', this.#latency.ok.samples, ledger.ok],
      ['latencies of failures', this.#latency.error.samples, failed],
      ['ages of the unanswered', this.#latency.censored.samples, censored],
      ['answers of all workers', answers, answeredRequests(ledger.attempts)],
    ];
    return sides
      .filter(([, left, right]) => left !== right)
      .map(([name, left, right]) => `${name} ${left} = in the ledger ${right}`);
  }
}

function outcomeOf(ending: Ending): Outcome {
  switch (ending.kind) {
    case 'answered':
      return ending.answer.errorClass === null ? 'ok' : 'error';
    case 'not_connected':
    case 'lost':
      return 'error';
    case 'timed_out':
    case 'unanswered':
      return 'censored';
  }
}

/** Flights are made here only; engines see them without what only the recorder may change. */
function openFlight(flight: Flight): OpenFlight {
  if (!('attemptIsOpen' in flight)) throw new Error('not a flight of a recorder');
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: made by `begin`, which is the only maker
  return flight as OpenFlight;
}

function progressQuantiles(latency: Histogram): LoadProgress['latencyUs'] {
  const { maxUs } = latency;
  if (maxUs === null) return null;
  const at = (name: keyof typeof PROGRESS_QUANTILES): number =>
    latency.quantileUs(PROGRESS_QUANTILES[name]);
  return {
    p50: at('p50'),
    p90: at('p90'),
    p95: at('p95'),
    p99: at('p99'),
    p999: at('p999'),
    max: maxUs,
  };
}
