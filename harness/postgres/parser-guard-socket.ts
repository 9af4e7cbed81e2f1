import { Socket } from 'node:net';

/**
 * The parser of pg throws out of the socket's `data` event when the bytes are no PostgreSQL's, which would
 * end the process. Here that breaks the socket alone, and with it the connection it belongs to.
 */
export class ParserGuardSocket extends Socket {
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
