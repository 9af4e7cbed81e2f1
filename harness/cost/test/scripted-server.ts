import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { DatabaseConfig } from '../../../server/contract.ts';

/** Of a server that a test puts there. */
export const NO_TLS_ADDRESS: DatabaseConfig = {
  host: '127.0.0.1',
  port: 1,
  user: 'somebody',
  password: 'secret',
  database: 'somewhere',
};

/** What the server says to the client's messages, in their order, each after its pause. */
export type Script = readonly { readonly say: Buffer; readonly afterMs?: number }[];

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** How many began. */
  readonly sessions: () => number;
}

/** A server of a few messages on loopback, each session from the script's beginning. */
export async function scripted(
  script: Script,
  later?: {
    /** Sessions from this one on, counted from 0, go by another script. */
    readonly from: number;
    readonly script: Script;
    /** At the first of them. */
    readonly onSession?: () => void;
  },
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let sessions = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    const isLater = later !== undefined && sessions >= later.from;
    if (isLater && sessions === later.from) later.onSession?.();
    const lines = isLater ? later.script : script;
    sessions += 1;
    let heard = 0;
    socket.on('data', () => {
      const line = lines[heard];
      heard += 1;
      if (line === undefined) return void socket.end();
      setTimeout(() => socket.write(line.say), line.afterMs ?? 0);
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    sessions: () => sessions,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function message(type: string, ...parts: readonly (number | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      const word = Buffer.alloc(4);
      word.writeUInt32BE(part, 0);
      return word;
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4, 0);
  return Buffer.concat([Buffer.from(type), length, body]);
}

export const OK = message('R', 0);
export const READY = message('Z', 'I');
export const ANSWER = Buffer.concat([
  message('T', 'row'),
  message('D', '1'),
  message('C', 'SELECT 1\0'),
  READY,
]);
export const NOTICE = message('N', 'SNOTICE\0\0');
export const PASSWORD = message('R', 3);
