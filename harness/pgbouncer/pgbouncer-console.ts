import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { clientOptions } from '../postgres/client-options.ts';
import { ParserGuardSocket } from '../postgres/parser-guard-socket.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { type PgbouncerSample, sumPools } from './pgbouncer-pools.ts';
import { type PgbouncerSettings, settingsOf } from './pgbouncer-settings.ts';
import { type PgbouncerTotals, totalsOf } from './pgbouncer-totals.ts';

/** PgBouncer's own numbers, asked over one connection to its administration console. */
export interface PgbouncerConsole {
  /**
   * `null` when the console could not be asked, for which the reason is told once. Never rejects. A question
   * that is under way is shared.
   */
  read(): Promise<PgbouncerSample | null>;
  /** Sums since it started; `null` as above. Never rejects. */
  readTotals(): Promise<PgbouncerTotals | null>;
  /** What it is configured to do; `null` as above. Never rejects. */
  readSettings(): Promise<PgbouncerSettings | null>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface PgbouncerConsoleOptions {
  /** Where PgBouncer listens, and one of its `stats_users` or `admin_users`. */
  readonly address: Pick<DatabaseConfig, 'host' | 'port' | 'user' | 'password'>;
  /** Whose pools are summed: the name by which its clients ask PgBouncer. */
  readonly database: string;
  readonly warn: (sentence: string) => void;
  /** Monotonic, in ms. @default performance.now */
  readonly nowMs?: () => number;
  /** For opening the connection, and for one answer. @default 2,000 */
  readonly deadlineMs?: number;
}

/** The name of the console among PgBouncer's databases. */
const CONSOLE_DATABASE = 'pgbouncer';
const DEADLINE_MS = 2_000;
/** A PgBouncer that is gone is not asked for more often. */
const RECONNECT_MS = 1_000;
/** A console that does not answer a farewell is left without one. */
const FAREWELL_MS = 500;

interface Session {
  readonly client: Client;
  readonly socket: ParserGuardSocket;
}

/** Connects with the first `read`. */
export function openPgbouncerConsole(options: PgbouncerConsoleOptions): PgbouncerConsole {
  const { address, database, warn, nowMs = () => performance.now() } = options;
  const { deadlineMs = DEADLINE_MS } = options;
  const told = new Set<string>();
  let session: Session | null = null;
  let opening: ParserGuardSocket | null = null;
  let triedAtMs: number | null = null;
  let reading: Promise<PgbouncerSample | null> | null = null;
  let asking = 0;
  let lastAnswer: Promise<unknown> = Promise.resolve();
  let closed = false;

  const connect = async (): Promise<Session> => {
    const socket = new ParserGuardSocket();
    const client = new Client({
      ...clientOptions({ ...address, database: CONSOLE_DATABASE }),
      stream: () => socket,
      connectionTimeoutMillis: deadlineMs,
      query_timeout: deadlineMs,
    });
    // What breaks between two questions shows when the next one is asked.
    client.on('error', () => socket.destroy());
    opening = socket;
    try {
      await client.connect();
      return { client, socket };
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      opening = null;
    }
  };

  /** One question after the other: they share the connection, and the attempts to get one. */
  const ask = <Answer>(question: (client: Client) => Promise<Answer>): Promise<Answer | null> => {
    asking += 1;
    const answer = lastAnswer
      .then(() => (closed ? null : answered(question)))
      .finally(() => {
        asking -= 1;
      });
    lastAnswer = answer;
    return answer;
  };

  const answered = async <Answer>(
    question: (client: Client) => Promise<Answer>,
  ): Promise<Answer | null> => {
    if (session?.socket.destroyed) session = null;
    if (session === null) {
      if (triedAtMs !== null && nowMs() - triedAtMs < RECONNECT_MS) return null;
      triedAtMs = nowMs();
    }
    try {
      session ??= await connect();
      return await question(session.client);
    } catch (error) {
      // An answer may still be on its way, so nothing else can be asked on this connection.
      session?.socket.destroy();
      session = null;
      tell(error);
      return null;
    }
  };

  const settings = async (client: Client): Promise<PgbouncerSettings> => {
    const config = await show(client, 'CONFIG');
    const databases = await show(client, 'DATABASES');
    return settingsOf({ config, databases, lists: await show(client, 'LISTS'), database });
  };

  const tell = (error: unknown): void => {
    // By code and not by text, which may differ each time.
    const reason = systemErrorCode(error) ?? 'no code';
    if (closed || told.has(reason)) return;
    told.add(reason);
    warn(
      `PgBouncer's console at ${address.host}:${address.port} tells "${address.user}" nothing (${describeError(error)}); its numbers are missing until it does. Is the user among its stats_users?`,
    );
  };

  return {
    read: () => {
      if (closed) return Promise.resolve(null);
      reading ??= ask(async (client) => sumPools(await show(client, 'POOLS'), database)).finally(
        () => {
          reading = null;
        },
      );
      return reading;
    },
    readTotals: () => ask(async (client) => totalsOf(await show(client, 'STATS'), database)),
    readSettings: () => ask(settings),
    close: async () => {
      closed = true;
      if (asking > 0) {
        opening?.destroy();
        session?.socket.destroy();
        await lastAnswer;
      }
      if (session === null) return;
      const { client, socket } = session;
      session = null;
      await Promise.race([client.end(), delay(FAREWELL_MS, undefined, { ref: false })]);
      socket.destroy();
    },
  };
}

/** A text without values goes by the simple protocol, the only one the console speaks. */
async function show(
  client: Client,
  what: 'CONFIG' | 'DATABASES' | 'LISTS' | 'POOLS' | 'STATS',
): Promise<unknown> {
  const { rows } = await client.query(`SHOW ${what}`);
  return rows;
}
