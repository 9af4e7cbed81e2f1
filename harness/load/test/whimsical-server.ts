import { createServer, type Socket } from 'node:net';
import { HEADERS } from '../../../server/contract.ts';

/**
 * What may become of a request. Nothing is done to its connection afterwards, and answers leave within
 * milliseconds: so the server knows how its client saw each of them end.
 */
export const WHIMS = [
  'answer',
  'answer-in-pieces',
  'answer-in-chunks',
  'answer-after-hints',
  'answer-and-close',
  'answer-without-length',
  'answer-twice',
  'refuse',
  'refuse-and-end',
  'end',
  'reset',
  'garbage',
  'hang',
] as const;
export type Whim = (typeof WHIMS)[number] | 'refuse-and-reset-later';

interface Seen {
  /** Requests that arrived whole. */
  readonly requests: number;
  /** By their status. */
  readonly right: number;
  readonly refused: number;
  /** That were left without an answer on a connection that ended, or carried what is not HTTP. */
  readonly broken: number;
  readonly hung: number;
}

export interface WhimsicalServer extends AsyncDisposable {
  readonly origin: string;
  seen(): Seen;
}

const HEAD = `${HEADERS.worker}: 1\r\n`;
const RIGHT = `HTTP/1.1 200 OK\r\n${HEAD}content-length: 2\r\n\r\nok`;
const REFUSED =
  `HTTP/1.1 503 Service Unavailable\r\n${HEAD}` +
  `${HEADERS.errorClass}: too_many_connections\r\n${HEADERS.errorReason}: reserved\r\n` +
  'content-length: 0\r\n\r\n';

/** A server that treats each request as the next whim says, and counts what it did. */
export async function startWhimsicalServer(nextWhim: () => Whim): Promise<WhimsicalServer> {
  const seen = { requests: 0, right: 0, refused: 0, broken: 0, hung: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let unread = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      while (unread.includes('\r\n\r\n') && socket.writable) {
        unread = unread.slice(unread.indexOf('\r\n\r\n') + 4);
        seen.requests += 1;
        indulge(socket, nextWhim(), seen);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen: () => ({ ...seen }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function indulge(socket: Socket, whim: Whim, seen: Record<keyof Seen, number>): void {
  if (whim.startsWith('answer')) seen.right += 1;
  else if (whim.startsWith('refuse')) seen.refused += 1;
  else if (whim === 'hang') seen.hung += 1;
  else seen.broken += 1;
  switch (whim) {
    case 'answer':
      socket.write(RIGHT);
      break;
    case 'answer-in-pieces':
      socket.write(RIGHT.slice(0, 20));
      setImmediate(() => socket.write(RIGHT.slice(20, -1)));
      setTimeout(() => socket.write(RIGHT.slice(-1)), 2);
      break;
    case 'answer-in-chunks':
      socket.write(
        `HTTP/1.1 200 OK\r\n${HEAD}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
      );
      break;
    case 'answer-after-hints':
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n');
      setImmediate(() => socket.write(RIGHT));
      break;
    case 'answer-and-close':
      socket.end(RIGHT.replace(HEAD, `${HEAD}connection: close\r\n`));
      break;
    case 'answer-without-length':
      socket.end(`HTTP/1.1 200 OK\r\n${HEAD}\r\nok`);
      break;
    case 'answer-twice':
      socket.write(RIGHT + RIGHT);
      break;
    case 'refuse':
      socket.write(REFUSED);
      break;
    case 'refuse-and-end':
      socket.end(REFUSED);
      break;
    case 'refuse-and-reset-later':
      socket.write(REFUSED);
      // Into the pause before the retry, where there is one.
      setTimeout(() => socket.resetAndDestroy(), 5);
      break;
    case 'end':
      socket.end();
      break;
    case 'reset':
      socket.resetAndDestroy();
      break;
    case 'garbage':
      socket.write('\u0000not HTTP\r\n\r\n');
      break;
    case 'hang':
      break;
  }
}
