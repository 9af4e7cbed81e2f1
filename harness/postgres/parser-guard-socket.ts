import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * The parser of pg throws out of the socket's `data` event when the bytes are no PostgreSQL's, which would
 * end the process. Here that breaks the socket alone, and with it the connection it belongs to.
 */
export class ParserGuardSocket extends Socket {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    return guarded(this, event, () => super.emit(event, ...values));
  }

  /** Once the connection is encrypted, pg reads a stream above this socket, to which the same applies. */
  follow(encrypted: Duplex): void {
    const emit = encrypted.emit.bind(encrypted);
    encrypted.emit = (event: string | symbol, ...values: unknown[]): boolean =>
      guarded(encrypted, event, () => emit(event, ...values));
  }
}

function guarded(stream: Duplex, event: string | symbol, emit: () => boolean): boolean {
  if (event !== 'data') return emit();
  try {
    return emit();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
    return true;
  }
}
