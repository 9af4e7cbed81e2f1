import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as encrypt } from 'node:tls';

/** What PostgreSQL needs to know which backend is meant. */
export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  /** As for the connection that is meant: its key must not be readable either. `null`: unencrypted. */
  readonly tls: ConnectionOptions | null;
  readonly processId: number;
  readonly secretKey: number;
}

const CANCEL_REQUEST_CODE = 80_877_102;
const SSL_REQUEST_CODE = 80_877_103;
const SSL_YES = 'S';
/** The answer is the server closing the socket; a server that does not is given up. */
const CANCEL_TIMEOUT_MS = 1_000;

/**
 * Asks PostgreSQL to cancel the running query of one backend, over a socket of its own as the protocol
 * wants it. It takes no connection slot. Nothing is reported: the canceled query is the answer, and a
 * request that fails leaves the caller where it was.
 */
export function requestCancel(target: CancelTarget): void {
  const socket = target.host.startsWith('/')
    ? connect(`${target.host}/.s.PGSQL.${target.port}`)
    : connect(target.port, target.host);
  socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  const message = cancelRequest(target);
  if (target.tls !== null) {
    sendEncrypted(socket, { message, tls: target.tls });
    return;
  }
  socket.resume();
  socket.end(message);
}

function cancelRequest({ processId, secretKey }: CancelTarget): Buffer {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(processId, 8);
  message.writeInt32BE(secretKey, 12);
  return message;
}

function sendEncrypted(
  socket: Socket,
  { message, tls }: { readonly message: Buffer; readonly tls: ConnectionOptions },
): void {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(SSL_REQUEST_CODE, 4);
  socket.write(request);
  socket.once('data', (answer) => {
    // Whatever else it says, the key is not for it.
    if (answer.toString('latin1') !== SSL_YES) {
      socket.destroy();
      return;
    }
    const encrypted = encrypt({ ...tls, socket });
    encrypted.on('error', () => socket.destroy());
    encrypted.on('secureConnect', () => {
      encrypted.resume();
      encrypted.end(message);
    });
  });
}
