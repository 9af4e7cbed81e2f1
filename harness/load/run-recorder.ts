import { SERVER_TIMING } from '../../server/contract.ts';
import type { Answer } from './answer.ts';
import { Histogram } from './histogram.ts';
import { InFlightIntegral } from './in-flight-integral.ts';
import { answeredRequests, checkLedger, endedRequests, LedgerAccount } from './ledger.ts';
import type { LoadProgress, LoadResult, Outcome } from './load-engine.ts';
import { type ClockUs, US_PER_MS, US_PER_SECOND } from './monotonic-clock.ts';
import { SecondSeries } from './second-series.ts';

/** Worker ids come from the target; a strange one must not grow the result without end. */
const WORKERS_MAX = 1_000;
/** The first broken laws tell what happened; the rest repeats it. */
const BROKEN_LAWS_MAX = 10;

/** One request between its start and its end, as the recorder knows it. */
export interface Flight {
  /** From here its latency counts: in the closed loop when its client wanted to send it. */
  readonly startedUs: number;
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
  | 'inFlightSeconds'
  | 'residenceSeconds'
  | 'seconds'
  | 'latencyUs'
  | 'componentsUs'
  | 'answersByWorker'
>;

/**
 * Keeps one run's account, whatever engine makes the requests: an engine begins a flight and ends
 * it exactly once, in one of the ways below. Outcomes: right answers are `ok`; failed answers,
 * connection errors and lost requests are `error`, with the time until they failed; timed-out and
 * unanswered requests are `censored`, with their age.
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
  readonly #components = {
    wait: new Histogram(),
    connect: new Histogram(),
    db: new Histogram(),
    total: new Histogram(),
    rest: new Histogram(),
  };
  readonly #answersByWorker = new Map<string, number>();
  readonly #brokenLaws = new Set<string>();
  #originUs = 0;
  #nowUs = 0;
  #residenceUs = 0;
  #good = 0;
  #answeredAtUs = 0;

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

  begin(): Flight {
    const startedUs = this.#now();
    this.#account.schedule();
    this.#seconds.started(startedUs);
    this.#integral.change(startedUs, 1);
    return { startedUs };
  }

  answered(flight: Flight, answer: Answer): void {
    this.#account.answered(answer);
    const latencyUs = this.#end(flight, answer.errorClass === null ? 'ok' : 'error');
    this.#answeredAtUs = this.#nowUs;
    this.#countWorker(answer.worker);
    if (answer.errorClass === null) this.#recordComponents(answer, latencyUs);
  }

  /** It was sent, then its connection broke. */
  lost(flight: Flight): void {
    this.#account.lost();
    this.#end(flight, 'error');
  }

  /** There was no connection to send it on. */
  connectionFailed(flight: Flight, code: string): void {
    this.#account.connectionFailed(code);
    this.#end(flight, 'error');
  }

  timedOut(flight: Flight): void {
    this.#account.timedOut();
    this.#end(flight, 'censored');
  }

  /** The run is over and it has no answer yet. */
  unanswered(flight: Flight): void {
    this.#account.unanswered();
    this.#end(flight, 'censored');
  }

  /** It was due but never sent, because of a cap. */
  dropped(): void {
    this.#account.schedule();
    this.#account.dropped();
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
    const ledger = this.#account.snapshot();
    return {
      elapsedMs: this.#now() / US_PER_MS,
      ok: ledger.ok,
      errors: endedRequests(ledger) - ledger.ok,
      inFlight: this.inFlight,
    };
  }

  /** The whole account. Every flight must have been ended before. */
  finish(): RunRecord {
    this.checkBalance(0);
    const endUs = this.#now();
    const windowUs = Math.min(endUs, this.#windowUs);
    const ledger = this.#account.snapshot();
    const seconds = this.#seconds.finish(endUs);
    return {
      durationMs: windowUs / US_PER_MS,
      drainMs: (endUs - windowUs) / US_PER_MS,
      ledger,
      brokenLaws: [...this.#brokenLaws, ...checkLedger(ledger), ...this.#checkOutcomes()],
      good: this.#good,
      inFlightSeconds: this.#integral.seconds(endUs),
      residenceSeconds: this.#residenceUs / US_PER_SECOND,
      seconds,
      latencyUs: {
        ok: this.#latency.ok.encode(),
        error: this.#latency.error.encode(),
        censored: this.#latency.censored.encode(),
      },
      componentsUs: {
        wait: this.#components.wait.encode(),
        connect: this.#components.connect.encode(),
        db: this.#components.db.encode(),
        total: this.#components.total.encode(),
        rest: this.#components.rest.encode(),
      },
      answersByWorker: Object.fromEntries(this.#answersByWorker),
    };
  }

  /** @returns its latency in µs */
  #end(flight: Flight, outcome: Outcome): number {
    const endedUs = this.#now();
    const latencyUs = endedUs - flight.startedUs;
    const good = outcome === 'ok' && latencyUs <= this.#goodputDeadlineUs;
    if (good) this.#good += 1;
    this.#seconds.ended(endedUs, { outcome, latencyUs, good });
    this.#latency[outcome].record(latencyUs);
    this.#residenceUs += Math.max(0, Math.min(endedUs, this.#windowUs) - flight.startedUs);
    this.#integral.change(endedUs, -1);
    return latencyUs;
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

  #recordComponents({ serverTiming }: Answer, latencyUs: number): void {
    for (const component of SERVER_TIMING) {
      const ms = serverTiming[component];
      if (ms !== undefined) this.#components[component].record(ms * US_PER_MS);
    }
    // The network, both HTTP stacks and both event loops; `total` ends before the body is sent.
    if (serverTiming.total !== undefined) {
      this.#components.rest.record(latencyUs - serverTiming.total * US_PER_MS);
    }
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
      ['answers of all workers', answers, answeredRequests(ledger)],
    ];
    return sides
      .filter(([, left, right]) => left !== right)
      .map(([name, left, right]) => `${name} ${left} = in the ledger ${right}`);
  }
}
