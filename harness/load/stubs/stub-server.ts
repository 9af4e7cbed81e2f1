import { createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type ErrorClass, HEADERS, HTTP_STATUS_OF_ERROR } from '../../../server/contract.ts';

/** How a connection ends, and what becomes of the request it ends at. */
const BREAKS = [
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
  /** From the request's arrival to its answer. */
  readonly serviceMs: number;
  /** Every so many-th request of each connection breaks it. */
  readonly breaks?: { readonly everyRequests: number; readonly how: Break };
  /** From this many requests on (all connections together) nothing is answered any more. */
  readonly hangAfterRequests?: number;
  /** No answer leaves between these moments after the first request; held ones leave at the end. */
  readonly freeze?: { readonly atMs: number; readonly forMs: number };
  /** Every so many-th request (all connections together) fails. */
  readonly failure?: {
    readonly everyRequests: number;
    readonly errorClass: ErrorClass;
    readonly reason?: string;
  };
  /** `Server-Timing` of right answers. */
  readonly serverTiming?: string;
  /** Sent before each answer: an interim answer (103). */
  readonly earlyHints?: boolean;
}

/** What the stub knows it did; the truth an engine is judged by. */
interface StubTruth {
  readonly connections: number;
  readonly requests: number;
  /** Answers handed to the kernel, right and failed ones. */
  readonly answered: number;
  readonly failed: number;
  /** Connections that the plan broke. */
  readonly broken: number;
  /** Service time of each answer, from its request's last byte, in ms. */
  readonly serviceMs: readonly number[];
}

export interface StubServer extends AsyncDisposable {
  readonly origin: string;
  truth(): StubTruth;
  /** Drops all connections and stops listening. */
  close(): Promise<void>;
}

const GARBAGE = '\u0000not HTTP\r\n\r\n';
const WORKER_ID = '1';

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

class Stub {
  readonly #plan: StubPlan;
  readonly #sockets = new Set<Socket>();
  readonly #serviceMs: number[] = [];
  #connections = 0;
  #requests = 0;
  #answered = 0;
  #failed = 0;
  #broken = 0;
  #firstRequestMs: number | null = null;

  constructor(plan: StubPlan) {
    this.#plan = plan;
  }

  truth(): StubTruth {
    return {
      connections: this.#connections,
      requests: this.#requests,
      answered: this.#answered,
      failed: this.#failed,
      broken: this.#broken,
      serviceMs: [...this.#serviceMs],
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
    this.#requests += 1;
    this.#firstRequestMs ??= arrivedMs;
    const { hangAfterRequests, failure, breaks, serviceMs } = this.#plan;
    if (hangAfterRequests !== undefined && this.#requests > hangAfterRequests) return;
    const fails = failure !== undefined && this.#requests % failure.everyRequests === 0;
    const breaksNow = breaks !== undefined && requestOfConnection % breaks.everyRequests === 0;
    const act = (): void => {
      if (socket.destroyed || !socket.writable) return;
      if (breaksNow) this.#break(socket, breaks.how, arrivedMs);
      else this.#answer(socket, arrivedMs, fails ? failure : null);
    };
    const delayMs = Math.max(serviceMs, this.#thawMs(arrivedMs + serviceMs) - arrivedMs);
    if (delayMs === 0) act();
    else setTimeout(act, delayMs);
  }

  /** The given moment, or the end of the freeze it falls into. */
  #thawMs(atMs: number): number {
    const { freeze } = this.#plan;
    if (freeze === undefined || this.#firstRequestMs === null) return atMs;
    const startMs = this.#firstRequestMs + freeze.atMs;
    const endMs = startMs + freeze.forMs;
    return atMs >= startMs && atMs < endMs ? endMs : atMs;
  }

  #answer(socket: Socket, arrivedMs: number, failure: StubPlan['failure'] | null): void {
    this.#serviceMs.push(performance.now() - arrivedMs);
    this.#answered += 1;
    if (failure) this.#failed += 1;
    const early = this.#plan.earlyHints ? 'HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n' : '';
    socket.write(early + (failure ? failedAnswer(failure) : this.#rightAnswer('')));
  }

  #break(socket: Socket, how: Break, arrivedMs: number): void {
    this.#broken += 1;
    switch (how) {
      case 'fin-after-answer':
        this.#answer(socket, arrivedMs, null);
        socket.end();
        break;
      case 'connection-close':
        this.#count(arrivedMs);
        socket.end(this.#rightAnswer('connection: close\r\n'));
        break;
      case 'body-until-close':
        this.#count(arrivedMs);
        socket.end(`HTTP/1.1 200 OK\r\n${HEADERS.worker}: ${WORKER_ID}\r\n\r\nsome rows`);
        break;
      case 'answered-twice':
        this.#count(arrivedMs);
        socket.write(this.#rightAnswer('') + this.#rightAnswer(''));
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

  #count(arrivedMs: number): void {
    this.#serviceMs.push(performance.now() - arrivedMs);
    this.#answered += 1;
  }

  #rightAnswer(moreHeaders: string): string {
    const { serverTiming } = this.#plan;
    const timing = serverTiming === undefined ? '' : `${HEADERS.serverTiming}: ${serverTiming}\r\n`;
    return `HTTP/1.1 200 OK\r\n${HEADERS.worker}: ${WORKER_ID}\r\n${timing}${moreHeaders}content-length: 2\r\n\r\nok`;
  }
}

function failedAnswer(failure: NonNullable<StubPlan['failure']>): string {
  const { errorClass, reason } = failure;
  const finer = reason === undefined ? '' : `${HEADERS.errorReason}: ${reason}\r\n`;
  return (
    `HTTP/1.1 ${HTTP_STATUS_OF_ERROR[errorClass]} Failed\r\n${HEADERS.worker}: ${WORKER_ID}\r\n` +
    `${HEADERS.errorClass}: ${errorClass}\r\n${finer}content-length: 0\r\n\r\n`
  );
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
