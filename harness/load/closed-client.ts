import { type Answer, readAnswer } from './answer.ts';
import type { AutocannonClient, AutocannonResponseHead } from './autocannon-adapter.ts';
import { Backoff } from './backoff.ts';
import type { Ending } from './ledger.ts';
import type { RetryPolicy } from './load-engine.ts';
import { US_PER_MS } from './monotonic-clock.ts';
import { type AttemptFailure, retryPauseMs } from './retry.ts';
import type { Flight, RunRecorder } from './run-recorder.ts';

export interface ClosedClientHost {
  readonly recorder: RunRecorder;
  readonly thinkTimeMs: number;
  readonly requestTimeoutMs: number | null;
  readonly retry: RetryPolicy | null;
  /** 0 to 1. */
  readonly random: () => number;
  /** 0 to 1, different for each client: keeps their back-offs out of step. */
  readonly spread: number;
  /** `false` before the start and once nothing new may begin. */
  mayBegin(): boolean;
  /** The first connect succeeded or failed. */
  onFirstConnect(): void;
  /** The client has nothing in flight and may not begin anything. */
  onRest(): void;
}

/**
 * One caller of the closed loop, driving one autocannon client: it sends, waits for the answer,
 * thinks, and sends again. autocannon keeps the socket, the request's bytes and the HTTP parser;
 * when to connect and when to send is decided here, through its `_connect` and `_doRequest`.
 *
 * A request starts when it is due. Where its connection has to be opened first, that time is part
 * of its latency, as it is for any caller; only the first connect happens before the start.
 *
 * Times are our own stamps, not the duration of autocannon's `response` event: that one belongs to
 * the oldest entry of a queue which an interim answer or a broken connection puts out of step.
 */
export class ClosedClient {
  readonly #client: AutocannonClient;
  readonly #host: ClosedClientHost;
  readonly #connectSocket: () => void;
  readonly #writeRequest: () => void;
  readonly #backoff: Backoff;
  #connection: 'new' | 'closed' | 'connecting' | 'open' = 'new';
  #flight: Flight | null = null;
  /** An attempt of the flight is under way; not so during the pause before a retry. */
  #attempting = false;
  /** The attempt's bytes were handed to the socket. */
  #sent = false;
  #answer: Answer | null = null;
  #connects = 0;
  #answersOnConnection = 0;
  #keepAlive = true;
  #interim = false;
  #unsolicited = false;
  #nextIsDue = false;
  /** The flight's attempt failed, and another one follows after this pause. */
  #retryPauseMs: number | null = null;
  #errorCode = 'UNKNOWN';
  #firstConnectIsOver = false;
  #finished = false;
  #pause: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(client: AutocannonClient, host: ClosedClientHost) {
    this.#client = client;
    this.#host = host;
    this.#backoff = new Backoff(host.spread);
    this.#connectSocket = client._connect.bind(client);
    this.#writeRequest = client._doRequest.bind(client);
    client._connect = () => this.#onConnectWanted();
    client._doRequest = () => this.#onRequestWanted();
    // Bodies are read off the socket, not kept: a streamed answer would fill the memory.
    client.pipelinedRequests.addBody = () => undefined;
    const parse = client.parser.execute.bind(client.parser);
    client.parser.execute = (chunk) => this.#parse(chunk, parse);
    client.on('connError', (error) => {
      this.#errorCode = error.code ?? 'UNKNOWN';
    });
    client.on('headers', (head) => this.#onHead(head));
    client.on('response', (statusCode) => this.#onResponse(statusCode));
  }

  /** Connections opened after the first one. */
  get reconnects(): number {
    return Math.max(0, this.#connects - 1);
  }

  get inFlight(): boolean {
    return this.#flight !== null;
  }

  /**
   * Starts the loop. Callers that think do not all ask in the same instant: their first requests are
   * spread over one think time, as they would be after any other.
   */
  start(): void {
    const { spread, thinkTimeMs } = this.#host;
    const pauseMs = spread * thinkTimeMs;
    this.#beginAfter(pauseMs);
  }

  /** Sends one request after the other until the host says that nothing new may begin. */
  #begin(dueUs: number | undefined): void {
    if (!this.#host.mayBegin()) {
      this.#host.onRest();
      return;
    }
    this.#flight = this.#host.recorder.begin(dueUs);
    this.#attempt(this.#flight);
  }

  /** A client that wakes up late was due all the same: its latency counts from then. */
  #beginAfter(pauseMs: number): void {
    if (pauseMs === 0) {
      this.#begin(undefined);
      return;
    }
    const dueUs = this.#host.recorder.elapsedUs + pauseMs * US_PER_MS;
    this.#pause = setTimeout(() => this.#begin(dueUs), pauseMs);
  }

  #attempt(flight: Flight): void {
    const { recorder, requestTimeoutMs } = this.#host;
    recorder.sent(flight);
    this.#attempting = true;
    if (requestTimeoutMs !== null) this.#armDeadline(requestTimeoutMs);
    if (this.#connection === 'open') this.#send();
    else if (this.#connection === 'closed') this.#open();
  }

  /** Ends the flight, or notes that another attempt follows. */
  #settle(flight: Flight, ending: Ending, failure: AttemptFailure | null): void {
    const { recorder, retry, random } = this.#host;
    const { attempts } = flight;
    this.#attempting = false;
    this.#sent = false;
    this.#retryPauseMs =
      failure === null ? null : retryPauseMs(retry, { attempts, failure }, random);
    if (this.#retryPauseMs === null) {
      this.#flight = null;
      recorder.end(flight, ending);
    } else {
      recorder.attemptFailed(flight, ending);
    }
  }

  /** Ends the loop at once; what is in flight stays in the account as unanswered. */
  finish(): void {
    this.#finished = true;
    clearTimeout(this.#pause);
    clearTimeout(this.#deadline);
    if (this.#flight !== null) this.#host.recorder.end(this.#flight, { kind: 'unanswered' });
    this.#flight = null;
    this.#client.destroy();
  }

  #open(): void {
    this.#connection = 'connecting';
    this.#connects += 1;
    this.#connectSocket();
    this.#client.conn.once('connect', () => {
      this.#connection = 'open';
      this.#tellFirstConnect();
      if (this.#attempting) this.#send();
    });
  }

  #send(): void {
    this.#sent = true;
    this.#answer = null;
    this.#writeRequest();
  }

  /** autocannon wants to connect: at its construction, after an error, after the peer's end. */
  #onConnectWanted(): void {
    if (this.#connection === 'new') this.#open();
    else if (!this.#finished) this.#onBroken();
  }

  /** autocannon wants to send: right after it began to connect, or after an answer. */
  #onRequestWanted(): void {
    if (this.#connection !== 'open') return;
    if (this.#interim) {
      // A 1xx answer took the request out of autocannon's queue; the real answer is yet to come.
      this.#interim = false;
      this.#client.pipelinedRequests.insertRequest(this.#client.requestIterator.currentRequest);
      return;
    }
    this.#nextIsDue = true;
  }

  /**
   * Runs the parser over one chunk. The next request is sent after it, so that whatever follows an
   * answer in the same chunk cannot be taken for the next answer.
   */
  #parse(chunk: Uint8Array, parse: (chunk: Uint8Array) => unknown): void {
    let broken = this.#flight === null || !this.#sent;
    if (!broken) {
      try {
        // The parser returns what it could not understand as an error; autocannon ignores that.
        broken = parse(chunk) instanceof Error;
      } catch (error) {
        // With nothing in its queue autocannon fails on an answer that nobody asked for.
        if (!this.#unsolicited) throw error;
        broken = true;
      }
    }
    if (broken) this.#onBroken();
    else this.#proceed();
  }

  #onHead(head: AutocannonResponseHead): void {
    if (this.#flight === null) {
      this.#unsolicited = true;
      return;
    }
    this.#keepAlive = head.shouldKeepAlive;
    this.#answer = readAnswer(head.statusCode, head.headers);
  }

  #onResponse(statusCode: number): void {
    if (statusCode < 200) {
      this.#interim = true;
      return;
    }
    const flight = this.#flight;
    const answer = this.#answer;
    if (flight === null || answer === null) throw new Error('an answer without a request');
    this.#backoff.succeeded();
    this.#answersOnConnection += 1;
    this.#settle(flight, { kind: 'answered', answer }, answer.errorClass);
  }

  /** After an answer: a connection that the server is about to close takes no further request. */
  #proceed(): void {
    if (!this.#nextIsDue) return;
    this.#nextIsDue = false;
    if (!this.#keepAlive) this.#close();
    this.#pauseThenBegin();
  }

  /** The connection failed, broke, was ended by the server, or carries what is not HTTP. */
  #onBroken(): void {
    if (this.#client.conn.readableEnded && this.#client.parser.state === 'BODY_RAW') {
      // An answer without a length ends with its connection, so this was not a break.
      this.#client.parser.finish();
      this.#proceed();
      return;
    }
    const attemptFailed = this.#connection === 'connecting' || this.#answersOnConnection === 0;
    const sent = this.#sent;
    const nextIsDue = this.#nextIsDue;
    this.#close();
    this.#tellFirstConnect();
    const flight = this.#flight;
    if (flight === null || !this.#attempting) {
      // A connection that is not in use is opened again when the next request is due.
      if (nextIsDue) this.#pauseThenBegin();
      return;
    }
    if (sent) this.#settle(flight, { kind: 'lost' }, 'lost');
    else this.#settle(flight, { kind: 'not_connected', code: this.#errorCode }, 'not_connected');
    if (attemptFailed) this.#backoff.failed();
    this.#pauseThenBegin();
  }

  /**
   * Drops the connection with everything that autocannon remembers of it. Without this the next
   * answer would be matched with a request of the old connection.
   */
  #close(): void {
    const { conn, parser } = this.#client;
    this.#connection = 'closed';
    conn.removeAllListeners('connect');
    conn.removeAllListeners('data');
    this.#client._destroyConnection();
    parser.reinitialize(parser.type);
    this.#sent = false;
    this.#answer = null;
    this.#answersOnConnection = 0;
    this.#keepAlive = true;
    this.#interim = false;
    this.#unsolicited = false;
    this.#nextIsDue = false;
  }

  #pauseThenBegin(): void {
    const flight = this.#flight;
    if (flight !== null && this.#retryPauseMs !== null) {
      const pauseMs = Math.max(this.#retryPauseMs, this.#backoff.pauseMs);
      this.#retryPauseMs = null;
      this.#pause = setTimeout(() => this.#attempt(flight), pauseMs);
      return;
    }
    if (!this.#host.mayBegin()) {
      this.#host.onRest();
      return;
    }
    this.#beginAfter(Math.max(this.#host.thinkTimeMs, this.#backoff.pauseMs));
  }

  /** One timer for many requests: set again only when it fires, not for every request. */
  #armDeadline(ms: number): void {
    this.#deadline ??= setTimeout(() => {
      this.#deadline = undefined;
      this.#onDeadline();
    }, ms);
  }

  #onDeadline(): void {
    const flight = this.#flight;
    const { recorder, requestTimeoutMs } = this.#host;
    // Between two attempts no deadline runs; the next one arms it again.
    if (flight === null || requestTimeoutMs === null || !this.#attempting) return;
    const fromUs = flight.attempts > 1 ? (flight.sentUs ?? flight.intendedUs) : flight.intendedUs;
    const leftMs = requestTimeoutMs - (recorder.elapsedUs - fromUs) / US_PER_MS;
    if (leftMs > 0) {
      this.#armDeadline(Math.ceil(leftMs));
      return;
    }
    this.#settle(flight, { kind: 'timed_out' }, 'timed_out');
    // Its answer may still come, and must not be taken for the next request's.
    this.#close();
    this.#pauseThenBegin();
  }

  #tellFirstConnect(): void {
    if (this.#firstConnectIsOver) return;
    this.#firstConnectIsOver = true;
    this.#host.onFirstConnect();
  }
}
