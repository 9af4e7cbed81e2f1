import { Socket } from 'node:net';
import { AnswerLateness } from '../event-loop/answer-lateness.ts';
import type { LoopTurns } from '../event-loop/loop-turns.ts';

type WriteCallback = (error?: Error | null) => void;

/**
 * The parser of pg throws out of the socket's `data` event when the bytes are no PostgreSQL (an unknown
 * authentication request, a length that points behind the buffer), which would end the process. Here
 * such an exception breaks this socket, and with it only its own connection.
 *
 * It is also the first place where an answer of the database shows, and so where it is told how late the
 * event loop took it up. Not seen while a connection is opened: how late the steps of the client's own are,
 * which hash a password in a thread; they stay in the time to connect.
 */
export class DatabaseSocket extends Socket {
  readonly #lateness: AnswerLateness | null;

  constructor(loop: LoopTurns | null) {
    super();
    this.#lateness = loop === null ? null : new AnswerLateness(loop);
  }

  /** How late the event loop took up what has come so far, in ms; the end of TCP's connect included. */
  get loopMs(): number {
    return this.#lateness?.totalMs ?? 0;
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event !== 'data') {
      if (event === 'connect') this.#lateness?.answered();
      return super.emit(event, ...values);
    }
    this.#lateness?.answered();
    try {
      return super.emit(event, ...values);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      return true;
    }
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: WriteCallback): void {
    this.#lateness?.asked();
    super._write(chunk, encoding, callback);
  }

  override _writev(
    chunks: { chunk: unknown; encoding: BufferEncoding }[],
    callback: WriteCallback,
  ): void {
    this.#lateness?.asked();
    super._writev?.(chunks, callback);
  }
}
