import type { RequestMix } from '../../plan/request-mix.ts';
import type { LoadProgress, LoadResult, Outcome } from '../load-engine.ts';
import { type ClockUs, US_PER_MS, US_PER_SECOND } from '../monotonic-clock.ts';
import { checkAccount } from './account-laws.ts';
import { credibleTiming, type LatencyPartsUs } from './answer-parts.ts';
import { FirstRightAnswers } from './first-right-answers.ts';
import { type Flight, OpenFlight } from './flight.ts';
import { Histogram } from './histogram.ts';
import { InFlightIntegral } from './in-flight-integral.ts';
import { type Ending, endedRequests, LedgerAccount } from './ledger.ts';
import { progressLatency } from './progress-latency.ts';
import { RecentValues } from './recent-values.ts';
import { RequestCounts } from './request-counts.ts';
import { RightAnswers } from './right-answers.ts';
import { RunClock } from './run-clock.ts';
import { SecondSeries } from './second-series.ts';
import { WorkerCounts } from './worker-counts.ts';

/** The first broken laws tell what happened; the rest repeats it. */
const BROKEN_LAWS_MAX = 10;

interface RunRecorderOptions {
  readonly clock: ClockUs;
  /** Length of the measured window, in ms; what happens after it is the drain. */
  readonly durationMs: number;
  readonly goodputDeadlineMs: number;
  /** @default none */
  readonly marksMs?: readonly number[];
  /** What is asked, where it is counted by what it is. @default not counted */
  readonly requests?: Pick<RequestMix, 'templates'>;
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
  | 'timed'
  | 'byRequest'
  | 'firstRightMs'
>;

/**
 * Keeps one run's account, whatever engine makes the requests: an engine begins a flight when a
 * request is due, tells of each attempt that begins and fails, and ends the flight exactly once.
 * Outcomes: right answers are `ok`; failed answers, connection errors and lost requests are `error`,
 * with the time until they failed; timed-out and unanswered requests are `censored`, with their age.
 */
export class RunRecorder {
  readonly #clock: RunClock;
  readonly #windowUs: number;
  readonly #goodputDeadlineUs: number;
  readonly #account = new LedgerAccount();
  readonly #integral: InFlightIntegral;
  readonly #seconds: SecondSeries;
  readonly #latency: Readonly<Record<Outcome, Histogram>> = {
    ok: new Histogram(),
    error: new Histogram(),
    censored: new Histogram(),
  };
  readonly #lag = new Histogram();
  readonly #recentLatency = new RecentValues();
  readonly #recentLag = new RecentValues();
  readonly #rightAnswers = new RightAnswers();
  readonly #firstRight: FirstRightAnswers;
  readonly #workers = new WorkerCounts();
  readonly #requests: RequestCounts;
  /** The lab's own API tells milliseconds. */
  readonly #isForeign: boolean;
  readonly #brokenLaws = new Set<string>();
  #residenceUs = 0;
  #good = 0;
  #silentSinceUs: number | null = null;
  #notConnectedSinceUs: number | null = null;

  constructor(options: RunRecorderOptions) {
    const { clock, durationMs, goodputDeadlineMs, marksMs = [], requests } = options;
    this.#requests = new RequestCounts(requests?.templates.map(({ name }) => name) ?? []);
    this.#isForeign = requests !== undefined;
    this.#clock = new RunClock(clock, ({ fromUs, toUs }) =>
      this.#breakLaw(`the clock went from ${fromUs} µs back to ${toUs} µs`),
    );
    this.#windowUs = durationMs * US_PER_MS;
    this.#goodputDeadlineUs = goodputDeadlineMs * US_PER_MS;
    this.#firstRight = new FirstRightAnswers(marksMs);
    this.#integral = new InFlightIntegral(this.#windowUs);
    this.#seconds = new SecondSeries({ windowUs: this.#windowUs });
  }

  /** The moment everything is counted from. */
  start(): void {
    this.#clock.start();
  }

  get elapsedUs(): number {
    return this.#clock.now();
  }

  get windowIsOver(): boolean {
    return this.#clock.now() >= this.#windowUs;
  }

  get inFlight(): number {
    return this.#integral.inFlight;
  }

  /**
   * For how long the target owes an answer, of whatever status: since the last one, or since the first
   * request after it; 0 where there was none. Users who come seldom do not make it silent.
   */
  get sinceAnswerUs(): number {
    return this.#silentSinceUs === null ? 0 : this.#clock.now() - this.#silentSinceUs;
  }

  /** Time since the first connect that failed after the last answer; 0 where none did. */
  get sinceNotConnectedUs(): number {
    return this.#notConnectedSinceUs === null ? 0 : this.#clock.now() - this.#notConnectedSinceUs;
  }

  /**
   * A user's request is due, and in flight from then on.
   *
   * @param intendedUs when it was due, in the past where the generator comes late. @default now
   * @param template of the mix, by its index
   */
  begin(intendedUs?: number, template = 0): Flight {
    const nowUs = this.#clock.now();
    const dueUs = Math.min(intendedUs ?? nowUs, nowUs);
    this.#account.schedule();
    this.#seconds.started(nowUs);
    this.#recordLag(nowUs - dueUs);
    this.#integral.change(dueUs, 1);
    this.#silentSinceUs ??= nowUs;
    return new OpenFlight(dueUs, template);
  }

  /** An attempt begins: the request is handed to a connection. */
  sent(flight: Flight): void {
    const open = OpenFlight.of(flight);
    if (open.attemptIsOpen) throw new Error('one attempt at a time');
    this.#account.startAttempt();
    open.sentUs = this.#clock.now();
    open.attempts += 1;
    open.attemptIsOpen = true;
  }

  /** The attempt is over, and there will be another one. */
  attemptFailed(flight: Flight, ending: Ending): void {
    const open = OpenFlight.of(flight);
    if (!open.attemptIsOpen) throw new Error('no attempt to fail');
    open.attemptIsOpen = false;
    this.#account.endAttempt(ending);
    this.#watchTarget(ending, this.#clock.now());
  }

  /** The request is over, and with it its attempt, if one is under way. */
  end(flight: Flight, ending: Ending): void {
    const open = OpenFlight.of(flight);
    if (open.attemptIsOpen) {
      open.attemptIsOpen = false;
      this.#account.endAttempt(ending);
    }
    this.#account.end(ending);
    const endedUs = this.#clock.now();
    const latencyUs = endedUs - flight.intendedUs;
    const outcome = outcomeOf(ending);
    const good = outcome === 'ok' && latencyUs <= this.#goodputDeadlineUs;
    if (good) this.#good += 1;
    this.#requests.add(flight.template, outcome === 'ok');
    const partsUs = outcome === 'ok' ? this.#recordParts(flight, ending, latencyUs) : null;
    this.#seconds.ended(endedUs, { outcome, latencyUs, good, partsUs });
    this.#latency[outcome].record(latencyUs);
    if (outcome === 'ok') {
      this.#recentLatency.record(latencyUs);
      this.#firstRight.answered({ beganUs: flight.intendedUs, endedUs });
    }
    const fromUs = Math.min(flight.intendedUs, this.#windowUs);
    this.#residenceUs += Math.max(0, Math.min(endedUs, this.#windowUs) - fromUs);
    this.#integral.change(endedUs, -1);
    this.#watchTarget(ending, endedUs);
  }

  /** It was due but never sent, because of a cap. */
  dropped(intendedUs: number): void {
    const nowUs = this.#clock.now();
    this.#account.schedule();
    this.#account.drop();
    this.#seconds.dropped(nowUs);
    this.#recordLag(Math.max(0, nowUs - intendedUs));
  }

  /**
   * `scheduled = ended + in flight`, where the engine says what it sees in flight on its
   * connections. A violation is kept for the result: the numbers stay, the trial is invalid.
   */
  checkBalance(inFlightSeen: number): void {
    const ledger = this.#account.snapshot();
    const inFlight = ledger.scheduled - endedRequests(ledger);
    if (inFlight === inFlightSeen && inFlight === this.inFlight) return;
    this.#breakLaw(
      `in flight at ${Math.round(this.#clock.now() / US_PER_MS)} ms: by the ledger ${inFlight} = ` +
        `on the connections ${inFlightSeen} = by the counter ${this.inFlight}`,
    );
  }

  /**
   * How far the run is, with what is new since the last report.
   *
   * @param eventLoopUtilization of the engine's generator since then
   */
  progress(eventLoopUtilization: number): LoadProgress {
    return {
      elapsedMs: this.#clock.now() / US_PER_MS,
      ledger: this.#account.snapshot(),
      good: this.#good,
      inFlight: this.inFlight,
      latencyUs: progressLatency(this.#latency.ok),
      recent: {
        latencyUs: this.#recentLatency.take(),
        lagUs: this.#recentLag.take(),
        eventLoopUtilization,
      },
    };
  }

  /** The whole account. Every flight must have been ended before. */
  finish(): RunRecord {
    this.checkBalance(0);
    const endUs = this.#clock.now();
    const windowUs = Math.min(endUs, this.#windowUs);
    const ledger = this.#account.snapshot();
    const inFlightSeconds = this.#integral.seconds(endUs);
    const seconds = this.#seconds.finish(endUs, (it) => this.#integral.ofSecond(it));
    const rightAnswers = this.#rightAnswers.finish();
    const answersByWorker = this.#workers.snapshot();
    const byRequest = this.#requests.snapshot();
    const { ok, error, censored } = this.#latency;
    const broken = checkAccount({
      ledger,
      good: this.#good,
      latencySamples: { ok: ok.samples, error: error.samples, censored: censored.samples },
      lagSamples: this.#lag.samples,
      rightAnswers: this.#rightAnswers,
      breakdown: rightAnswers.breakdown,
      answersByWorker,
      byRequest,
      inFlightSeconds,
      seconds,
    });
    return {
      durationMs: windowUs / US_PER_MS,
      drainMs: (endUs - windowUs) / US_PER_MS,
      ledger,
      brokenLaws: [...this.#brokenLaws, ...broken],
      good: this.#good,
      inFlightSeconds,
      residenceSeconds: this.#residenceUs / US_PER_SECOND,
      seconds,
      latencyUs: { ok: ok.encode(), error: error.encode(), censored: censored.encode() },
      lagUs: this.#lag.encode(),
      ...rightAnswers,
      answersByWorker,
      byRequest,
      firstRightMs: this.#firstRight.snapshot(),
    };
  }

  #recordLag(lagUs: number): void {
    this.#lag.record(lagUs);
    this.#recentLag.record(lagUs);
  }

  #watchTarget(ending: Ending, nowUs: number): void {
    if (ending.kind === 'answered') {
      this.#silentSinceUs = this.inFlight > 0 ? nowUs : null;
      this.#notConnectedSinceUs = null;
      this.#workers.add(ending.answer.worker);
    } else if (ending.kind === 'not_connected') {
      this.#notConnectedSinceUs ??= nowUs;
    }
  }

  #breakLaw(law: string): void {
    if (this.#brokenLaws.size < BROKEN_LAWS_MAX) this.#brokenLaws.add(law);
  }

  #recordParts(
    { intendedUs, sentUs }: Flight,
    ending: Ending,
    latencyUs: number,
  ): LatencyPartsUs | null {
    if (ending.kind !== 'answered') return null;
    const lagUs = sentUs === null ? 0 : sentUs - intendedUs;
    const { serverTiming } = ending.answer;
    const timing = this.#isForeign ? credibleTiming(latencyUs - lagUs, serverTiming) : serverTiming;
    return this.#rightAnswers.record(latencyUs, lagUs, timing);
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
