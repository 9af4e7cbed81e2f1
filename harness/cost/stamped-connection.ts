import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  type TLSSocket,
} from 'node:tls';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { Authentication, ConnectionTimes } from '../analysis/cost/connection-times.ts';
import { clientOptions } from '../postgres/client-options.ts';
import {
  cleartextPassword,
  passwordMessage,
  query,
  saslInitialResponse,
  sslRequest,
  startupMessage,
  terminate,
} from './frontend-messages.ts';
import { SCRAM_MECHANISM, ScramExchange } from './scram-exchange.ts';
import { ServerRefusal, type StampedMessage, Wire } from './wire.ts';

/** Longer than any connection takes that is worth measuring, at a round trip of half a second too. */
const DEADLINE_MS = 10_000;

/** AuthenticationRequest messages by their number. */
const AUTHENTICATION = { ok: 0, cleartext: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 };

/** Where connections are made, and with what they are encrypted, which is made ready once for all of them. */
export interface Destination {
  readonly address: DatabaseConfig;
  /** `null`: in the open. */
  readonly tls: ConnectionOptions | null;
}

/** @throws Error of the file system when the certificate cannot be read */
export function destinationOf(address: DatabaseConfig): Destination {
  const { ssl } = clientOptions(address);
  if (ssl === undefined || typeof ssl === 'boolean') return { address, tls: null };
  const { ca } = ssl;
  // Parsing certificates takes longer than the handshake does, and no client does it for each connection.
  const secureContext = createSecureContext(ca === undefined ? {} : { ca });
  return { address, tls: { ...ssl, secureContext } };
}

/**
 * One connection from its first packet to its end, with a query asked twice, and what each step of it
 * took. Sequential, over Node's sockets: each step contains a turn of the event loop (some 50 µs).
 *
 * @param sql asked twice: the first time the session has looked up nothing yet
 * @throws ServerRefusal when PostgreSQL says no
 * @throws Error when it cannot be reached, or does not answer in 10 s
 */
export async function measureConnection(
  { address, tls }: Destination,
  { sql, applicationName }: { readonly sql: string; readonly applicationName: string },
): Promise<ConnectionTimes> {
  const startedMs = performance.now();
  const plain = connect(
    address.host.startsWith('/')
      ? { path: `${address.host}/.s.PGSQL.${address.port}` }
      : { host: address.hostAddress ?? address.host, port: address.port },
  );
  plain.setNoDelay(true);
  // Whoever waits for the socket hears of it; between two waits it must not end the process.
  plain.on('error', () => undefined);
  const deadline = setTimeout(() => plain.destroy(new Error('no answer in time')), DEADLINE_MS);
  try {
    await once(plain, 'connect');
    const connectedMs = performance.now();
    const encrypted = tls === null ? null : await encrypt(plain, tls);
    const socket = encrypted?.socket ?? plain;
    const wire = new Wire(socket);
    const askedMs = encrypted?.handshakeMs ?? connectedMs;
    wire.send(
      startupMessage({
        user: address.user,
        database: address.database,
        application_name: applicationName,
      }),
    );
    const request = await wire.until('R');
    const authenticated = await authenticate(wire, request, address);
    const ready = await wire.until('Z');
    const first = await ask(wire, sql);
    const warm = await ask(wire, sql);
    const closed = once(socket, 'close');
    wire.send(terminate());
    // PostgreSQL closes when the session's process ends: the next one must not meet it on its way out.
    await closed;
    return {
      authentication: authenticated.method,
      tlsProtocol: encrypted?.protocol ?? null,
      clientHashMs: authenticated.clientHashMs,
      connectMs: connectedMs - startedMs,
      tlsRequestMs: encrypted === null ? null : encrypted.answeredMs - connectedMs,
      tlsHandshakeMs: encrypted === null ? null : encrypted.handshakeMs - encrypted.answeredMs,
      startupMs: authenticated.method === 'trust' ? null : request.atMs - askedMs,
      challengeMs: authenticated.challengeMs,
      sessionMs: ready.atMs - (authenticated.provingMs ?? askedMs),
      firstQueryMs: first,
      warmQueryMs: warm,
    };
  } finally {
    clearTimeout(deadline);
    plain.destroy();
  }
}

interface Encrypted {
  readonly socket: TLSSocket;
  readonly protocol: string;
  /** When the server said that it speaks TLS, and when the handshake was over. */
  readonly answeredMs: number;
  readonly handshakeMs: number;
}

async function encrypt(plain: Socket, tls: ConnectionOptions): Promise<Encrypted> {
  plain.write(sslRequest());
  const [answer]: unknown[] = await once(plain, 'data');
  const answeredMs = performance.now();
  const said = Buffer.isBuffer(answer) ? answer.toString('latin1') : '';
  // Exactly one byte: what is said before the handshake could be anybody's (CVE-2021-23222).
  if (said !== 'S') {
    throw new Error(
      said === 'N' ? 'the server does not speak TLS' : 'no answer to the request for TLS',
    );
  }
  const socket = connectTls({ ...tls, socket: plain });
  await once(socket, 'secureConnect');
  return {
    socket,
    protocol: socket.getProtocol() ?? 'unknown',
    answeredMs,
    handshakeMs: performance.now(),
  };
}

interface Authenticated {
  readonly method: Authentication;
  /** SCRAM's first half took so long. */
  readonly challengeMs: number | null;
  /** What the client computed for its proof; `null`: nothing worth a clock. */
  readonly clientHashMs: number | null;
  /** Since when the client has what it needs for its proof; `null`: none was asked for. */
  readonly provingMs: number | null;
}

async function authenticate(
  wire: Wire,
  request: StampedMessage,
  { user, password }: DatabaseConfig,
): Promise<Authenticated> {
  const asked = numberOf(request);
  const simple = { challengeMs: null, clientHashMs: null, provingMs: request.atMs };
  switch (asked) {
    case AUTHENTICATION.ok:
      return { ...simple, method: 'trust', provingMs: null };
    case AUTHENTICATION.cleartext:
      wire.send(cleartextPassword(password));
      await accepted(wire);
      return { ...simple, method: 'password' };
    case AUTHENTICATION.md5:
      wire.send(passwordMessage(md5Answer({ user, password, salt: request.body.subarray(4, 8) })));
      await accepted(wire);
      return { ...simple, method: 'md5' };
    case AUTHENTICATION.sasl:
      return await scram(wire, request, password);
    default:
      throw new Error(`the server asks for authentication ${asked}, which is not measured`);
  }
}

async function scram(
  wire: Wire,
  request: StampedMessage,
  password: string,
): Promise<Authenticated> {
  const mechanisms = request.body.subarray(4).toString('utf8').split('\0');
  if (!mechanisms.includes(SCRAM_MECHANISM)) {
    throw new Error(`the server offers ${mechanisms.filter((it) => it !== '').join(', ')} alone`);
  }
  const exchange = new ScramExchange(password);
  wire.send(saslInitialResponse(SCRAM_MECHANISM, exchange.first()));
  const challenge = await wire.until('R');
  const serverFirst = saslText(challenge, AUTHENTICATION.saslContinue);
  const beforeMs = performance.now();
  const proof = exchange.final(serverFirst);
  const clientHashMs = performance.now() - beforeMs;
  wire.send(passwordMessage(Buffer.from(proof)));
  exchange.verify(saslText(await wire.until('R'), AUTHENTICATION.saslFinal));
  await accepted(wire);
  return {
    method: 'scram-sha-256',
    challengeMs: challenge.atMs - request.atMs,
    clientHashMs,
    provingMs: challenge.atMs,
  };
}

function saslText(message: StampedMessage, expected: number): string {
  const asked = numberOf(message);
  if (asked !== expected) throw new Error(`the server answers SASL with ${asked}, not ${expected}`);
  return message.body.subarray(4).toString('utf8');
}

async function accepted(wire: Wire): Promise<void> {
  const asked = numberOf(await wire.until('R'));
  if (asked !== AUTHENTICATION.ok) throw new Error(`the server asks for ${asked} in addition`);
}

function numberOf({ body }: StampedMessage): number {
  if (body.length < 4) throw new Error('a request for authentication without its number');
  return body.readUInt32BE(0);
}

/** `md5` and the hash of salt and of the hash of password and role. */
function md5Answer({
  user,
  password,
  salt,
}: {
  readonly user: string;
  readonly password: string;
  readonly salt: Buffer;
}): Buffer {
  const md5 = (...parts: readonly (string | Buffer)[]): string => {
    const hash = createHash('md5');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  return Buffer.from(`md5${md5(md5(password, user), salt)}\0`);
}

/** From the question's last byte to when the session is ready for another. */
async function ask(wire: Wire, sql: string): Promise<number> {
  const askedMs = performance.now();
  wire.send(query(sql));
  return (await wire.until('Z')).atMs - askedMs;
}

/** In words, where a connection could not be measured. */
export function refusalWords(error: unknown): string {
  if (error instanceof ServerRefusal) return `${error.message} (SQLSTATE ${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
