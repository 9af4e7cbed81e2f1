import { createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { ErrorClass } from '../../../server/contract.ts';
import { Slots } from './slots.ts';
import {
  ANSWER_WITHOUT_LENGTH,
  EARLY_HINTS,
  failedAnswer,
  GARBAGE,
  rightAnswer,
} from './stub-answers.ts';

/** How a connection ends, and what becomes of the request it ends at. */
export const BREAKS = [
  /** Answered, then FIN without a word: the client's next request meets a closed connection. */
  'fin-after-answer',
  /** Answered with `Connection: close`, then FIN: what a stopping server does. */
  'connection-close',
  /** Answered without a length; the FIN is the end of the body. */
  'body-until-close',
  /** Two answers to one request, in one write: the second belongs to nobody. */
  'answered-twice',
  /** FIN instead of an answer. */
  'fin-instead-of-answer',
  /** RST instead of an answer. */
  'reset-instead-of-answer',
  /** Something that is not HTTP instead of an answer, then silence. */
  'garbage-instead-of-answer',
] as const;
export type Break = (typeof BREAKS)[number];

export interface StubPlan {
  /** From the request's arrival to its answer; with `slots` from its turn to its answer. */
  readonly serviceMs: number;
  /** So many requests are served at a time, the others queue in their order. @default all */
  readonly slots?: number | undefined;
  /** Every so many-th request of each connection breaks it. */
  readonly breaks?: { readonly everyRequests: number; readonly how: Break } | undefined;
  /** From this many requests on (all connections together) nothing is answered any more. */
  readonly hangAfterRequests?: number | undefined;
  /** No answer leaves between these moments after the first request; held ones leave at the end. */
  readonly freeze?: { readonly atMs: number; readonly forMs: number } | undefined;
  /** Every so many-th request (all connections together) fails. */
  readonly failure?:
    | {
        readonly everyRequests: number;
        readonly errorClass: ErrorClass;
        readonly reason?: string | undefined;
      }
    | undefined;
  /** `Server-Timing` of right answers. `measured`: each one's own wait and service. */
  readonly serverTiming?: string | undefined;
  /** Sent before each answer: an interim answer (103). */
  readonly earlyHints?: boolean | undefined;
}

/** The stub's own account of one request, in ms of one clock. */
export interface RequestTimes {
  readonly arrivedMs: number;
  /** Its turn came; with enough slots when it arrived. */
  readonly startedMs: number;
  /** Its answer was handed to the kernel; `null`: it had none. */
  readonly endedMs: number | null;
}

/** What the stub knows it did; the truth an engine is judged by. */
export interface StubTruth {
  readonly connections: number;
  readonly requests: number;
  /** Answers handed to the kernel, right and failed ones. */
  readonly answered: number;
  readonly failed: number;
  /** Connections that the plan broke. */
  readonly broken: number;
  /** Service time of each answer, from its request's last byte, in ms. */
  readonly serviceMs: readonly number[];
  /** All requests, in the order of their arrival. */
  readonly times: readonly RequestTimes[];
}

export interface StubServer extends AsyncDisposable {
  readonly origin: string;
  truth(): StubTruth;
  /** Drops all connections and stops listening. */
  close(): Promise<void>;
}

/** A server of known behaviour on loopback, to hold a load engine's numbers against. */
export async function startStubServer(plan: StubPlan): Promise<StubServer> {
  const stub = new Stub(plan);
  const server = createServer({ noDelay: true }, (socket) => stub.serve(socket));
  const origin = await listen(server);
  const close = async (): Promise<void> => {
    stub.dropConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { origin, truth: () => stub.truth(), close, [Symbol.asyncDispose]: close };
}

/** The origin of a port on which nobody listens. */
export async function refusingOrigin(): Promise<string> {
  const server = createServer();
  const origin = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return origin;
}

interface OpenRequest extends RequestTimes {
  endedMs: number | null;
}

class Stub {
  readonly #plan: StubPlan;
  readonly #slots: Slots | null;
  readonly #sockets = new Set<Socket>();
  readonly #times: OpenRequest[] = [];
  #connections = 0;
  #answered = 0;
  #failed = 0;
  #broken = 0;
  #firstRequestMs: number | null = null;

  constructor(plan: StubPlan) {
    this.#plan = plan;
    this.#slots = plan.slots === undefined ? null : new Slots(plan.slots, plan.serviceMs);
  }

  truth(): StubTruth {
    return {
      connections: this.#connections,
      requests: this.#times.length,
      answered: this.#answered,
      failed: this.#failed,
      broken: this.#broken,
      serviceMs: this.#times.flatMap(({ arrivedMs, endedMs }) =>
        endedMs === null ? [] : endedMs - arrivedMs,
      ),
      times: this.#times.map((times) => ({ ...times })),
    };
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  serve(socket: Socket): void {
    this.#connections += 1;
    this.#sockets.add(socket);
    let requestsHere = 0;
    let unread = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
        unread = unread.slice(end + 4);
        requestsHere += 1;
        this.#receive(socket, requestsHere);
      }
    });
  }

  #receive(socket: Socket, requestOfConnection: number): void {
    const arrivedMs = performance.now();
    this.#firstRequestMs ??= arrivedMs;
    const { hangAfterRequests, failure, breaks, serviceMs } = this.#plan;
    const turn = this.#slots?.take(arrivedMs);
    const request = { arrivedMs, startedMs: turn?.startsMs ?? arrivedMs, endedMs: null };
    const requests = this.#times.push(request);
    if (hangAfterRequests !== undefined && requests > hangAfterRequests) return;
    const fails = failure !== undefined && requests % failure.everyRequests === 0;
    const breaksNow = breaks !== undefined && requestOfConnection % breaks.everyRequests === 0;
    this.#at(this.#thawMs(turn?.endsMs ?? arrivedMs + serviceMs), () => {
      if (socket.destroyed || !socket.writable) return;
      if (breaksNow) this.#break(socket, breaks.how, request);
      else this.#answer(socket, request, fails ? failure : null);
    });
  }

  /** Never early: timers count whole milliseconds from a moment that may lie a little back. */
  #at(dueMs: number, act: () => void): void {
    const leftMs = dueMs - performance.now();
    if (leftMs <= 0) act();
    else setTimeout(() => this.#at(dueMs, act), Math.ceil(leftMs));
  }

  /** The given moment, or the end of the freeze it falls into. */
  #thawMs(atMs: number): number {
    const { freeze } = this.#plan;
    if (freeze === undefined || this.#firstRequestMs === null) return atMs;
    const startMs = this.#firstRequestMs + freeze.atMs;
    const endMs = startMs + freeze.forMs;
    return atMs >= startMs && atMs < endMs ? endMs : atMs;
  }

  #answer(socket: Socket, request: OpenRequest, failure: StubPlan['failure'] | null): void {
    this.#count(request);
    if (failure) this.#failed += 1;
    const early = this.#plan.earlyHints ? EARLY_HINTS : '';
    socket.write(early + (failure ? failedAnswer(failure) : this.#rightAnswer(request)));
  }

  #break(socket: Socket, how: Break, request: OpenRequest): void {
    this.#broken += 1;
    switch (how) {
      case 'fin-after-answer':
        this.#answer(socket, request, null);
        socket.end();
        break;
      case 'connection-close':
        this.#count(request);
        socket.end(this.#rightAnswer(request, true));
        break;
      case 'body-until-close':
        this.#count(request);
        socket.end(ANSWER_WITHOUT_LENGTH);
        break;
      case 'answered-twice':
        this.#count(request);
        socket.write(this.#rightAnswer(request) + this.#rightAnswer(request));
        break;
      case 'fin-instead-of-answer':
        socket.end();
        break;
      case 'reset-instead-of-answer':
        socket.resetAndDestroy();
        break;
      case 'garbage-instead-of-answer':
        socket.write(GARBAGE);
        break;
    }
  }

  #count(request: OpenRequest): void {
    request.endedMs = performance.now();
    this.#answered += 1;
  }

  #rightAnswer(request: RequestTimes, closes = false): string {
    const { serverTiming } = this.#plan;
    return rightAnswer({
      serverTiming: serverTiming === 'measured' ? measuredTiming(request) : serverTiming,
      closes,
    });
  }
}

function measuredTiming({ arrivedMs, startedMs, endedMs }: RequestTimes): string {
  const ended = endedMs ?? startedMs;
  const dur = (ms: number): string => `dur=${ms.toFixed(3)}`;
  return `wait;${dur(startedMs - arrivedMs)}, connect;dur=0, db;${dur(ended - startedMs)}, total;${dur(ended - arrivedMs)}`;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return `http://127.0.0.1:${address.port}`;
}
