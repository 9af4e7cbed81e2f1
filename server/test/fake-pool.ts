import type { ClientBase } from 'pg';
import { DatabaseError } from '../pool/database-error.ts';
import type { Checkout, Pool, PoolSnapshot } from '../pool/pool.ts';

/** A query as the fake answers it: rows, or an error to throw. */
export type FakeAnswer = readonly object[] | Error;

/**
 * A pool without a database. Checkouts succeed at once unless scripted otherwise; queries are
 * answered by the given function and recorded.
 */
export class FakePool implements Pool {
  readonly kind = 'queue';
  readonly queries: string[] = [];
  readonly releases: unknown[] = [];
  held = 0;
  heldPeak = 0;
  /** Errors the next checkouts fail with, in order. */
  readonly refusals: DatabaseError[] = [];
  /** Holds every checkout back until resolved. */
  gate: Promise<void> | null = null;
  readonly #answer: (sql: string) => FakeAnswer | Promise<FakeAnswer>;

  constructor(answer: (sql: string) => FakeAnswer | Promise<FakeAnswer> = () => []) {
    this.#answer = answer;
  }

  async checkout(): Promise<Checkout> {
    await this.gate;
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    this.held += 1;
    this.heldPeak = Math.max(this.heldPeak, this.held);
    let released = false;
    const release = (error?: unknown): void => {
      if (released) throw new Error('released twice');
      released = true;
      this.held -= 1;
      this.releases.push(error);
    };
    return {
      client: this.#client(),
      waitMs: 1,
      connectMs: 2,
      connectLoopMs: 0,
      holdLoopMs: 0,
      release,
      [Symbol.asyncDispose]: async () => release(),
    };
  }

  snapshot(): PoolSnapshot {
    throw new Error('not needed here');
  }

  async end(): Promise<void> {
    // Nothing to close.
  }

  #client(): ClientBase {
    const query = async (statement: string | { readonly text: string }) => {
      const sql = typeof statement === 'string' ? statement : statement.text;
      this.queries.push(sql.trim());
      const answer = await this.#answer(sql);
      if (answer instanceof Error) throw answer;
      return { rows: answer };
    };
    return { query } as unknown as ClientBase;
  }
}

/** What the pool gives up with when its deadline has passed. */
export function poolTimeout(): DatabaseError {
  return new DatabaseError('no connection within 30 ms', {
    errorClass: 'pool_timeout',
    reason: 'deadline',
    connectionUsable: false,
  });
}

/** An error of PostgreSQL as pg reports it. */
export function sqlError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, severity: 'ERROR' });
}
