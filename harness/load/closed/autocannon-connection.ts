import { type Answer, isUnnamed, namedByBody, readAnswer } from '../account/answer.ts';
import type { AskedRequest } from '../client/asked-request.ts';
import { FailedBody } from '../client/failed-body.ts';
import { originAddress } from '../client/origin-address.ts';
import type { AutocannonClient, AutocannonResponseHead } from './autocannon-adapter.ts';
import { isBodiless } from './bodiless-answer.ts';
import type { CallerConnection, ConnectionOwner } from './caller-connection.ts';

/** Of http-parser-js, whose listeners are found by number. */
const ON_HEADERS_COMPLETE = 2;

/**
 * A caller's connection, driving one autocannon client. autocannon keeps the socket, the request's
 * bytes and the HTTP parser; when to connect and when to send is decided here, through its `_connect`
 * and `_doRequest`. The first connect happens by itself.
 *
 * The duration of autocannon's `response` event is not used: it belongs to the oldest entry of a
 * queue which an interim answer or a broken connection puts out of step.
 */
export class AutocannonConnection implements CallerConnection {
  readonly #client: AutocannonClient;
  readonly #owner: ConnectionOwner;
  readonly #connectSocket: () => void;
  readonly #writeRequest: () => void;
  #state: 'new' | 'closed' | 'connecting' | 'open' = 'new';
  #host: string;
  /** The last request that was asked for. */
  #asked: AskedRequest | null = null;
  /** It has not ended. */
  #requested = false;
  /** Its bytes were handed to the socket. */
  #sent = false;
  #answer: Answer | null = null;
  /** Of a failed answer that named nothing. */
  #failedBody: FailedBody | null = null;
  #leaving = false;
  /** Attempts to open it, but for those that follow a move. */
  #connects = 0;
  /** The last socket was given up for another origin. */
  #moved = false;
  #answers = 0;
  #keepAlive = true;
  #interim = false;
  #unsolicited = false;
  /** The request was answered, and nobody was told yet that the next one may follow. */
  #nextIsDue = false;
  #errorCode = 'UNKNOWN';
  #firstConnectIsOver = false;
  #destroyed = false;

  constructor(client: AutocannonClient, owner: ConnectionOwner, origin: string) {
    this.#host = originAddress(origin).host;
    this.#client = client;
    this.#owner = owner;
    this.#connectSocket = client._connect.bind(client);
    this.#writeRequest = client._doRequest.bind(client);
    client._connect = () => this.#onConnectWanted();
    client._doRequest = () => this.#onRequestWanted();
    client.getRequestBuffer = () => this.#requestBytes();
    // Bodies are read off the socket, not kept: a streamed answer would fill the memory.
    client.pipelinedRequests.addBody = (data) => this.#failedBody?.add(data);
    const parse = client.parser.execute.bind(client.parser);
    client.parser.execute = (chunk) => this.#parse(chunk, parse);
    this.#refuseChunksWithoutSize();
    client.on('connError', (error) => {
      this.#errorCode = error.code ?? 'UNKNOWN';
    });
    client.on('headers', (head) => this.#onHead(head));
    client.on('response', (statusCode) => this.#onResponse(statusCode));
  }

  get reconnects(): number {
    return Math.max(0, this.#connects - 1);
  }

  get isLeaving(): boolean {
    return this.#leaving;
  }

  request(asked: AskedRequest): void {
    if (this.#requested) throw new Error('one request at a time');
    this.#asked = asked;
    this.#requested = true;
    if (this.#state === 'open') this.#send();
    else if (this.#state === 'closed') this.#open();
  }

  moveTo(origin: string): void {
    const { host, hostname, port } = originAddress(origin);
    this.#host = host;
    this.#client.opts.hostname = hostname;
    this.#client.opts.port = port;
    if (this.#state === 'open' && this.#requested) this.#leaving = true;
    else if (this.#state === 'open') this.#leave();
    else if (this.#state === 'connecting') {
      const requested = this.#requested;
      this.#leave();
      this.#requested = requested;
      this.#open();
    }
  }

  /**
   * Drops the connection with everything that autocannon remembers of it. Without this the next
   * answer would be matched with a request of the old connection.
   */
  drop(): void {
    const { conn, parser } = this.#client;
    this.#state = 'closed';
    conn.removeAllListeners('connect');
    conn.removeAllListeners('data');
    this.#client._destroyConnection();
    parser.reinitialize(parser.type);
    this.#requested = false;
    this.#sent = false;
    this.#answer = null;
    this.#failedBody = null;
    this.#leaving = false;
    this.#answers = 0;
    this.#keepAlive = true;
    this.#interim = false;
    this.#unsolicited = false;
    this.#nextIsDue = false;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#client.destroy();
  }

  #open(): void {
    this.#state = 'connecting';
    if (!this.#moved) this.#connects += 1;
    this.#moved = false;
    this.#connectSocket();
    this.#client.conn.once('connect', () => {
      this.#state = 'open';
      this.#tellFirstConnect();
      if (this.#requested) this.#send();
    });
  }

  /** The client sets its own listener after it was set up, and before its first connect. */
  #watchHeads(): void {
    const { parser } = this.#client;
    const onHead = parser[ON_HEADERS_COMPLETE];
    parser[ON_HEADERS_COMPLETE] = (head) => {
      const bodiless = isBodiless(head, parser, this.#asked?.content.method);
      onHead(head);
      return bodiless ? 1 : 0;
    };
  }

  /** The parser takes a size that is no number for the end of the answer, and goes back by a negative one, for ever. */
  #refuseChunksWithoutSize(): void {
    const { parser } = this.#client;
    const readSize = parser.BODY_CHUNKHEAD.bind(parser);
    parser.BODY_CHUNKHEAD = () => {
      readSize();
      if (parser.body_bytes === null || parser.body_bytes >= 0) return;
      throw new Error('a chunk without a size');
    };
  }

  #requestBytes(): Uint8Array {
    if (this.#asked === null) throw new Error('nothing was asked for');
    return this.#asked.bytes(this.#host);
  }

  /** Gives the socket up for one to another origin. */
  #leave(): void {
    this.drop();
    this.#moved = true;
  }

  #send(): void {
    this.#sent = true;
    this.#answer = null;
    this.#writeRequest();
  }

  /** autocannon wants to connect: at its construction, after an error, after the peer's end. */
  #onConnectWanted(): void {
    if (this.#state === 'new') {
      this.#watchHeads();
      this.#open();
    } else if (!this.#destroyed) this.#onBroken();
  }

  /** autocannon wants to send: right after it began to connect, or after an answer. */
  #onRequestWanted(): void {
    if (this.#state !== 'open') return;
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
    let broken = !this.#sent;
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
    if (!this.#requested) {
      this.#unsolicited = true;
      return;
    }
    this.#keepAlive = head.shouldKeepAlive;
    const rules = this.#asked?.content.rules;
    const answer = readAnswer(head.statusCode, head.headers, rules);
    this.#answer = answer;
    this.#failedBody = isUnnamed(answer) && head.statusCode >= 200 ? new FailedBody() : null;
  }

  #onResponse(statusCode: number): void {
    if (statusCode < 200) {
      this.#interim = true;
      return;
    }
    const answer = this.#answer;
    if (!this.#requested || answer === null) throw new Error('an answer without a request');
    this.#requested = false;
    this.#sent = false;
    this.#answers += 1;
    const failedBody = this.#failedBody;
    this.#failedBody = null;
    this.#owner.onAnswer(failedBody === null ? answer : namedByBody(answer, failedBody.text));
  }

  /** After an answer: a connection that the server is about to close takes no further request. */
  #proceed(): void {
    if (!this.#nextIsDue) return;
    this.#nextIsDue = false;
    if (this.#leaving) this.#leave();
    else if (!this.#keepAlive) this.drop();
    this.#owner.onFree();
  }

  /** The connection failed, broke, was ended by the server, or carries what is not HTTP. */
  #onBroken(): void {
    if (this.#client.conn.readableEnded && this.#client.parser.state === 'BODY_RAW') {
      // An answer without a length ends with its connection, so this was not a break.
      this.#client.parser.finish();
      this.#proceed();
      return;
    }
    const useless = this.#state === 'connecting' || this.#answers === 0;
    const requested = this.#requested;
    const sent = this.#sent;
    const nextIsDue = this.#nextIsDue;
    this.drop();
    this.#tellFirstConnect();
    // A connection that is not in use is opened again when the next request is due.
    if (nextIsDue) this.#owner.onFree();
    else if (requested) this.#owner.onBroken({ sent, code: this.#errorCode, useless });
  }

  #tellFirstConnect(): void {
    if (this.#firstConnectIsOver) return;
    this.#firstConnectIsOver = true;
    this.#owner.onFirstConnect();
  }
}
