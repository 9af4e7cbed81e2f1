import { Socket } from 'node:net';

/**
 * The parser of pg throws out of the socket's `data` event when the bytes are no PostgreSQL (an unknown
 * authentication request, a length that points behind the buffer), which would end the process. Here
 * such an exception breaks this socket, and with it only its own connection.
 */
export class GuardedSocket extends Socket {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event !== 'data') return super.emit(event, ...values);
    try {
      return super.emit(event, ...values);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      return true;
    }
  }
}
