/**
 * What the lab uses of autocannon 9.0.0, which ships no types. Members with a leading underscore,
 * `parser` and `pipelinedRequests` are private there: the version is pinned exactly, and
 * `autocannon-members.test.ts` fails when one of them is gone.
 */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  /** As http-parser-js hands it to `headers` listeners, before it looks for a body. */
  interface ResponseHead {
    readonly statusCode: number;
    /** Names and values in turn, as they came. */
    readonly headers: readonly string[];
    shouldKeepAlive: boolean;
  }

  interface Client extends EventEmitter {
    conn: Socket;
    readonly parser: {
      readonly type: string;
      readonly state: string;
      /** Of the answer whose head is complete; `null`: it ends with its connection. */
      body_bytes: number | null;
      readonly isChunked: boolean;
      shouldKeepAlive(): boolean;
      /** `kOnHeadersComplete`: what it returns tells whether the answer has no body, whatever its head says. */
      2(head: ResponseHead): unknown;
      execute(chunk: Uint8Array): unknown;
      /** Reads the line before a chunk into `body_bytes`, once all of it is there. */
      BODY_CHUNKHEAD(): void;
      /** Tells the parser that the connection ended, which completes an answer without a length. */
      finish(): unknown;
      reinitialize(type: string): void;
    };
    readonly pipelinedRequests: {
      insertRequest(request: unknown): void;
      addBody(data: Uint8Array): void;
      size(): number;
    };
    readonly requestIterator: { readonly currentRequest: unknown };
    /** Where the next connect goes. */
    readonly opts: { hostname: string; port: number };
    /** Bytes of the next request. */
    getRequestBuffer(): Uint8Array;
    _connect(): void;
    _doRequest(): void;
    _destroyConnection(): void;
    destroy(): void;
    on(event: 'connError', listener: (error: NodeJS.ErrnoException) => void): this;
    on(event: 'headers', listener: (head: ResponseHead) => void): this;
    on(event: 'response', listener: (statusCode: number) => void): this;
  }

  interface Options {
    readonly url: string;
    readonly method: 'GET';
    readonly connections: number;
    readonly pipelining: 1;
    readonly forever: false;
    readonly idReplacement: false;
    /** 0: off. */
    readonly reconnectRate: 0;
    /** In seconds. */
    readonly duration: number;
    /** In seconds. */
    readonly timeout: number;
    /** In ms. */
    readonly sampleInt: number;
    readonly setupClient?: (client: Client) => void;
    readonly skipAggregateResult?: boolean;
  }

  interface Result {
    readonly errors: number;
    readonly timeouts: number;
    /** In seconds, of the wall clock. */
    readonly duration: number;
    readonly requests: { readonly total: number; readonly sent: number };
    /** In whole milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  }

  interface Run extends PromiseLike<Result> {
    /** Takes effect at the next sample tick. */
    stop(): void;
  }

  function autocannon(options: Options): Run;

  // biome-ignore lint/style/noDefaultExport: it is a CommonJS module, whose export is its default
  export { autocannon as default, type Client, type ResponseHead };
}
