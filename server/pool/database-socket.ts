import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AnswerLateness } from '../event-loop/answer-lateness.ts';
import type { LoopTurns } from '../event-loop/loop-turns.ts';

type WriteCallback = (error?: Error | null) => void;
type WriteChunks = { chunk: unknown; encoding: BufferEncoding }[];

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
    if (event === 'connect') this.#lateness?.answered();
    return this.#guarded(this, event, () => super.emit(event, ...values));
  }

  /**
   * Once it is encrypted, pg reads and writes a stream above this socket, on which nothing shows any more: the
   * same is done there. Of the handshake only its end shows; the steps before it count as the other side's.
   */
  follow(encrypted: Duplex): void {
    const emit = encrypted.emit.bind(encrypted);
    encrypted.emit = (event: string | symbol, ...values: unknown[]): boolean => {
      if (event === 'secureConnect') {
        this.#lateness?.answered();
        // What pg wrote meanwhile leaves now.
        this.#lateness?.asked();
      }
      return this.#guarded(encrypted, event, () => emit(event, ...values));
    };
    const write = encrypted._write.bind(encrypted);
    encrypted._write = (
      chunk: unknown,
      encoding: BufferEncoding,
      callback: WriteCallback,
    ): void => {
      this.#lateness?.asked();
      write(chunk, encoding, callback);
    };
    const writeAll = encrypted._writev?.bind(encrypted);
    if (writeAll === undefined) return;
    encrypted._writev = (chunks: WriteChunks, callback: WriteCallback): void => {
      this.#lateness?.asked();
      writeAll(chunks, callback);
    };
  }

  #guarded(stream: Duplex, event: string | symbol, emit: () => boolean): boolean {
    if (event !== 'data') return emit();
    this.#lateness?.answered();
    try {
      return emit();
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
      return true;
    }
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: WriteCallback): void {
    this.#lateness?.asked();
    super._write(chunk, encoding, callback);
  }

  override _writev(chunks: WriteChunks, callback: WriteCallback): void {
    this.#lateness?.asked();
    super._writev?.(chunks, callback);
  }
}
