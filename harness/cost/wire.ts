import type { Socket } from 'node:net';
import { type BackendMessage, BackendMessages, errorFields } from './backend-messages.ts';

/** A message, and when this process had its last byte, in ms of the monotonic clock. */
export interface StampedMessage extends BackendMessage {
  readonly atMs: number;
}

/** PostgreSQL, or what stands before it, said no. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  /** SQLSTATE. */
  readonly code: string;

  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super(message);
    this.code = code;
  }
}

/**
 * What comes from the server, stamped as it comes in and not when somebody asks for it. Notices and
 * settings, of which nothing here depends, are left out.
 */
export class Wire {
  readonly #socket: Socket;
  readonly #messages = new BackendMessages();
  readonly #arrived: StampedMessage[] = [];
  #waiting: PromiseWithResolvers<StampedMessage> | null = null;
  #failure: Error | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /**
   * @throws ServerRefusal when the next message is an error
   * @throws Error when the connection is lost
   */
  async next(): Promise<StampedMessage> {
    const message = await this.#take();
    if (message.type === 'E') throw new ServerRefusal(errorFields(message.body));
    return message;
  }

  /** The first message of this type; whatever comes before it but an error is passed over. */
  async until(type: string): Promise<StampedMessage> {
    for (;;) {
      const message = await this.next();
      if (message.type === type) return message;
    }
  }

  #take(): Promise<StampedMessage> {
    const message = this.#arrived.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#waiting ??= Promise.withResolvers<StampedMessage>();
    return this.#waiting.promise;
  }

  #read(piece: Buffer): void {
    const atMs = performance.now();
    try {
      for (const message of this.#messages.push(piece)) this.#deliver({ ...message, atMs });
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #deliver(message: StampedMessage): void {
    if (message.type === 'N' || message.type === 'S') return;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#arrived.push(message);
    else waiting.resolve(message);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(this.#failure);
  }
}
