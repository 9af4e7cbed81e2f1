/** The only importer of undici: its surprises end here. */
import { createRequire } from 'node:module';
import { connect as connectSocket, type Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { z } from 'zod';
import { HEADERS } from '../../../server/contract.ts';
import { type Answer, isUnnamed, namedByBody, readAnswer } from '../account/answer.ts';
import type { AskedContent, AskedRequest } from '../client/asked-request.ts';
import { FailedBody } from '../client/failed-body.ts';
import { originAddress } from '../client/origin-address.ts';
import type { Wire, WireEvents } from './connection-wire.ts';

const manifest: unknown = createRequire(import.meta.url)('undici/package.json');
export const UNDICI_VERSION = `undici ${z.object({ version: z.string() }).parse(manifest).version}`;

/** Headers of an answer that an engine looks at; the others are not worth their copying. */
const READ_HEADERS = [
  HEADERS.worker,
  HEADERS.errorClass,
  HEADERS.errorReason,
  HEADERS.serverTiming,
] as const;

/** As long as the longest run: the generator itself closes no connection for being idle. */
const KEEP_ALIVE_MS = 3_600_000;
/**
 * How long before the end of a server's own keep-alive time (told by its `Keep-Alive` header) undici
 * closes an idle connection. With its default of 2 s it keeps none to a server that allows 2 s or less.
 */
const KEEP_ALIVE_MARGIN_MS = 500;

/** How one connection behaves; what is relied on is spelled out even where it is the default. */
const CLIENT_OPTIONS = {
  pipelining: 1,
  // undici's timeouts have a resolution of half a second; deadlines are the engine's.
  headersTimeout: 0,
  bodyTimeout: 0,
  // By default an idle connection is closed after 4 s: at a low rate they would all melt away.
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: KEEP_ALIVE_MS,
  keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
  allowH2: false,
  maxResponseSize: -1,
  useMilo: false,
} as const satisfies Client.Options;

/**
 * One connection, on an undici `Client` of its own. The client lives as long as its socket and never
 * opens another: undici sends a request a second time, without telling, when the connection ended in
 * certain ways. It follows no redirects, keeps no cookies and stores no bodies.
 */
export function openUndiciWire(origin: string, events: WireEvents): Wire {
  return new UndiciWire(origin, events);
}

class UndiciWire implements Wire, Dispatcher.DispatchHandler {
  readonly #events: WireEvents;
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #closed = Promise.withResolvers<void>();
  #isOver = false;
  #handedOver = false;
  #errorCode = 'ECONNRESET';
  #content: AskedContent | null = null;
  #dispatch: Dispatcher.DispatchOptions = { method: 'GET', path: '/' };
  #answer: Answer | null = null;
  /** Of a failed answer that named nothing. */
  #failedBody: FailedBody | null = null;

  constructor(origin: string, events: WireEvents) {
    this.#events = events;
    const { hostname, port } = originAddress(origin);
    this.#socket = connectSocket({
      host: hostname,
      port,
      noDelay: true,
      keepAlive: true,
    });
    this.#socket.once('connect', () => this.#tell(() => events.onOpen()));
    this.#socket.on('error', (error) => {
      this.#errorCode = errorCodeOf(error) ?? this.#errorCode;
    });
    // Its end closes an idle socket too, also before undici has it: Node needs no reader for that.
    this.#socket.once('close', () => {
      this.#closed.resolve();
      // undici listens as well, and may find that the end completes the answer.
      queueMicrotask(() => this.#end());
    });
    this.#client = new Client(origin, {
      ...CLIENT_OPTIONS,
      connect: (_options, callback) => this.#handOver(callback),
    });
  }

  send({ content }: AskedRequest): void {
    // The lab's own API is asked the same all the time.
    if (content !== this.#content) this.#dispatch = dispatchOptions(content);
    this.#content = content;
    this.#answer = null;
    this.#failedBody = null;
    this.#client.dispatch(this.#dispatch, this);
  }

  async destroy(): Promise<void> {
    this.#isOver = true;
    this.#socket.destroy();
    await Promise.all([this.#client.destroy(), this.#closed.promise]);
  }

  /**
   * Right before the bytes are written, not when `send` was called: on a connection that was used before,
   * undici lets the event loop turn once, to find out whether the server has ended it.
   */
  onRequestStart(): void {
    this.#tell(() => this.#events.onSent());
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // Interim answers (1xx) come here as well; the real one follows.
    if (statusCode < 200) return;
    const read: string[] = [];
    for (const name of READ_HEADERS) {
      const value = headers[name];
      if (value !== undefined) read.push(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const answer = readAnswer(statusCode, read, this.#content?.rules);
    this.#answer = answer;
    if (isUnnamed(answer)) this.#failedBody = new FailedBody();
  }

  /** A body is read off the socket; nothing of it is kept but the beginning of a failure's. */
  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#failedBody?.add(chunk);
  }

  onResponseEnd(): void {
    this.#tell(() => {
      const answer = this.#answer;
      if (answer === null) throw new Error('an answer without a head');
      const body = this.#failedBody;
      this.#events.onAnswer(body === null ? answer : namedByBody(answer, body.text));
    });
    // Whether the connection stays open (after `Connection: close`, or with bytes behind the answer) is
    // known when undici is through with what it has read.
    queueMicrotask(() => {
      if (!this.#socket.destroyed) this.#tell(() => this.#events.onReusable());
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#errorCode = errorCodeOf(error) ?? this.#errorCode;
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#tell(() => {
      this.#isOver = true;
      this.#socket.destroy();
      this.#events.onGone(this.#errorCode);
    });
    // Not from within undici's own bookkeeping. It never rejects.
    queueMicrotask(() => void this.#client.destroy());
  }

  /**
   * undici connects with its first request; the socket has been open since long before. Handed over within
   * this call, the request would never be written. A second call means that the first socket is gone.
   */
  #handOver(callback: (...result: [null, Socket] | [Error, null]) => void): void {
    const again = this.#handedOver;
    this.#handedOver = true;
    queueMicrotask(() => {
      if (again || this.#socket.destroyed) callback(new Error('the connection is gone'), null);
      else callback(null, this.#socket);
    });
  }

  /** undici takes what a handler throws for a failed request; here it is a bug, and must be seen. */
  #tell(event: () => void): void {
    if (this.#isOver) return;
    try {
      event();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/**
 * `reset: false`: by itself undici closes a connection after a HEAD request, and after one with a body that its
 * method does not foresee.
 */
function dispatchOptions(content: AskedContent): Dispatcher.DispatchOptions {
  const { method, host, path, headers, body } = content;
  const all = host === null ? [...headers] : ['host', host, ...headers];
  return { method, path, headers: all, body, reset: false };
}

/** undici's own codes say no more than that the connection ended. */
function errorCodeOf(error: Error): string | null {
  if (!('code' in error) || typeof error.code !== 'string') return null;
  return error.code.startsWith('UND_') ? null : error.code;
}
