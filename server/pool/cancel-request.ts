import { connect } from 'node:net';

/** What PostgreSQL needs to know which backend is meant. */
export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  readonly processId: number;
  readonly secretKey: number;
}

const CANCEL_REQUEST_CODE = 80_877_102;
/** The answer is the server closing the socket; a server that does not is given up. */
const CANCEL_TIMEOUT_MS = 1_000;

/**
 * Asks PostgreSQL to cancel the running query of one backend, over a socket of its own as the protocol
 * wants it. It takes no connection slot. Nothing is reported: the canceled query is the answer, and a
 * request that fails leaves the caller where it was.
 */
export function requestCancel(target: CancelTarget): void {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(target.processId, 8);
  message.writeInt32BE(target.secretKey, 12);
  const socket = target.host.startsWith('/')
    ? connect(`${target.host}/.s.PGSQL.${target.port}`)
    : connect(target.port, target.host);
  socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.resume();
  socket.end(message);
}
