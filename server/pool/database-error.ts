import type { ErrorClass } from '../contract.ts';

export interface DatabaseErrorFacts {
  readonly errorClass: ErrorClass;
  /** Finer than the class: a `RefusalReason`, a `PoolTimeoutReason`, or a word of `classify-error.ts`. */
  readonly reason?: string | undefined;
  readonly sqlstate?: string | undefined;
  /** Whether the session survived the error and may serve somebody else. */
  readonly connectionUsable: boolean;
  readonly cause?: unknown;
}

/** What went wrong between the server and its database, in terms of the contract's error classes. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly errorClass: ErrorClass;
  readonly reason: string | undefined;
  readonly sqlstate: string | undefined;
  readonly connectionUsable: boolean;

  constructor(message: string, facts: DatabaseErrorFacts) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.errorClass = facts.errorClass;
    this.reason = facts.reason;
    this.sqlstate = facts.sqlstate;
    this.connectionUsable = facts.connectionUsable;
  }
}
