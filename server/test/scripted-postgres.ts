import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** What the scripted server does; changed at any time, also while sessions are open. */
export interface PostgresScript {
  /** To a new session, once its startup message is there. */
  onStartup: (session: ScriptedSession) => void;
  /** To a simple query, or to the Sync that ends an extended one. */
  onQuery: (session: ScriptedSession, text: string) => void;
  /**
   * What a client that wants to encrypt is shown: a certificate's name in `test/tls`, or nothing any more once it
   * was told yes. `null`: it is told no.
   */
  tls: ServerCertificate | 'silence' | null;
  /** To a goodbye, or to a client that just closed. The session lives until `session.end()`. */
  onGoodbye: (session: ScriptedSession) => void;
}

/** A PostgreSQL of a few messages for tests: it says what the script wants, true or not. */
export interface ScriptedPostgres {
  readonly port: number;
  readonly script: PostgresScript;
  /** Sessions in order of their startup, ended ones included. */
  readonly sessions: readonly ScriptedSession[];
  /** Most sessions that lived at the same time. */
  readonly livePeak: number;
  /** Process ids that were asked to be canceled. */
  readonly canceled: readonly number[];
  /** And over an encrypted connection. */
  readonly canceledSecretly: readonly number[];
  live(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

export type ServerCertificate = 'server' | 'elsewhere' | 'expired';

/** Path of a file in `test/tls`: made for tests, for a hundred years but the expired one. */
export function tlsFile(name: `${'authority' | ServerCertificate}.crt` | 'server.key'): string {
  return fileURLToPath(new URL(`./tls/${name}`, import.meta.url));
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;

export async function startScriptedPostgres(
  script: Partial<PostgresScript> = {},
): Promise<ScriptedPostgres> {
  const sockets = new Set<Socket>();
  const sessions: ScriptedSession[] = [];
  const canceled: number[] = [];
  const canceledSecretly: number[] = [];
  let livePeak = 0;
  const acting: PostgresScript = {
    tls: script.tls ?? null,
    onStartup: script.onStartup ?? ((session) => session.welcome()),
    onQuery: script.onQuery ?? ((session) => session.complete()),
    onGoodbye: script.onGoodbye ?? ((session) => session.end()),
  };
  const live = (): number => sessions.filter(({ isLive }) => isLive).length;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(
      { socket, wire: socket },
      {
        onSession: (session) => {
          sessions.push(session);
          livePeak = Math.max(livePeak, live());
        },
        onCancel: (processId, encrypted) => {
          canceled.push(processId);
          if (encrypted) canceledSecretly.push(processId);
        },
        script: acting,
      },
    );
  });
  const port = await listen(server);
  return {
    port,
    script: acting,
    sessions,
    canceled,
    canceledSecretly,
    live,
    get livePeak() {
      return livePeak;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One session as its backend sees it. */
export class ScriptedSession {
  readonly processId: number;
  readonly #socket: Socket;
  /** Below the encryption, where there is one. */
  readonly #wire: Socket;
  #isLive = true;

  constructor({ socket, wire }: Ends, processId: number) {
    this.#socket = socket;
    this.#wire = wire;
    this.processId = processId;
    socket.on('close', () => {
      this.#isLive = false;
    });
  }

  /** From its startup message until its socket is closed from here. */
  get isLive(): boolean {
    return this.#isLive;
  }

  welcome(): void {
    const key = Buffer.alloc(8);
    key.writeInt32BE(this.processId, 0);
    key.writeInt32BE(4_711, 4);
    this.send(Buffer.concat([message('R', Buffer.alloc(4)), message('K', key), ready('I')]));
  }

  complete(status: 'I' | 'T' | 'E' = 'I'): void {
    this.send(Buffer.concat([message('C', text('SELECT 0')), ready(status)]));
  }

  /** An error in the middle of a session, which goes on. */
  fail(code: string, words: string, status: 'I' | 'T' | 'E' = 'I'): void {
    this.send(Buffer.concat([errorResponse('ERROR', code, words), ready(status)]));
  }

  /** An error that ends the session. */
  refuse(code: string, words: string): void {
    this.send(errorResponse('FATAL', code, words));
    this.end();
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The backend exits. */
  end(): void {
    this.#isLive = false;
    this.#socket.end();
  }

  /** The connection breaks: an RST. */
  reset(): void {
    this.#isLive = false;
    this.#wire.resetAndDestroy();
  }
}

interface Ends {
  readonly socket: Socket;
  readonly wire: Socket;
}

interface Services {
  readonly onSession: (session: ScriptedSession) => void;
  readonly onCancel: (processId: number, encrypted: boolean) => void;
  readonly script: PostgresScript;
}

let lastProcessId = 1_000;

function serve(ends: Ends, services: Services): void {
  const { socket } = ends;
  const { onSession, onCancel, script } = services;
  let pending = Buffer.alloc(0);
  let session: ScriptedSession | undefined;
  let said = '';
  let goodbye = false;
  socket.on('error', () => socket.destroy());
  socket.on('end', () => {
    if (session === undefined) socket.end();
    else if (!goodbye) script.onGoodbye(session);
    goodbye = true;
  });
  socket.on('data', onData);

  function onData(chunk: Buffer): void {
    pending = Buffer.concat([pending, chunk]);
    for (let length = frame(); length > 0; length = frame()) {
      const bytes = pending.subarray(0, length);
      pending = pending.subarray(length);
      if (session === undefined) begin(bytes);
      else receive(session, bytes);
    }
  }

  /** Bytes of the next whole message, 0 while it is not there. */
  function frame(): number {
    const header = session === undefined ? 0 : 1;
    if (pending.length < header + 4) return 0;
    const length = header + pending.readInt32BE(header);
    return pending.length < length ? 0 : length;
  }

  function begin(bytes: Buffer): void {
    const code = bytes.readInt32BE(4);
    if (code === SSL_REQUEST) {
      socket.write(script.tls === null ? 'N' : 'S');
      if (script.tls === null) return;
      socket.off('data', onData);
      if (script.tls === 'silence') socket.resume();
      else serve({ socket: encrypted(socket, script.tls), wire: socket }, services);
    } else if (code === CANCEL_REQUEST) {
      onCancel(bytes.readInt32BE(8), socket instanceof TLSSocket);
      socket.end();
    } else {
      lastProcessId += 1;
      session = new ScriptedSession(ends, lastProcessId);
      onSession(session);
      script.onStartup(session);
    }
  }

  function receive(to: ScriptedSession, bytes: Buffer): void {
    switch (String.fromCharCode(bytes[0] ?? 0)) {
      case 'Q':
        script.onQuery(to, bytes.toString('utf8', 5, bytes.length - 1));
        break;
      case 'P':
        said = bytes.toString('utf8', 5).split('\0')[1] ?? '';
        to.send(message('1', Buffer.alloc(0)));
        break;
      case 'B':
        to.send(message('2', Buffer.alloc(0)));
        break;
      case 'D':
        to.send(message('n', Buffer.alloc(0)));
        break;
      case 'S':
        script.onQuery(to, said);
        break;
      case 'X':
        if (!goodbye) script.onGoodbye(to);
        goodbye = true;
        break;
    }
  }
}

function encrypted(socket: Socket, certificate: ServerCertificate): Socket {
  return new TLSSocket(socket, {
    isServer: true,
    key: readFileSync(tlsFile('server.key')),
    cert: readFileSync(tlsFile(`${certificate}.crt`)),
  });
}

function message(type: string, body: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, 0);
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

function ready(status: string): Buffer {
  return message('Z', Buffer.from(status));
}

function errorResponse(severity: string, code: string, words: string): Buffer {
  return message(
    'E',
    Buffer.concat([text(`S${severity}`), text(`C${code}`), text(`M${words}`), Buffer.alloc(1)]),
  );
}

function text(words: string): Buffer {
  return Buffer.from(`${words}\0`, 'utf8');
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}
