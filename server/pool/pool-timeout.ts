import type { PoolTimeoutReason } from '../contract.ts';
import { DatabaseError } from './database-error.ts';

function poolTimeout(message: string, reason: PoolTimeoutReason): DatabaseError {
  return new DatabaseError(message, {
    errorClass: 'pool_timeout',
    reason,
    connectionUsable: false,
  });
}

/** Time for orderly goodbyes after the grace of `end`, which promises to take a second more at most. */
export const ABORT_AFTER_GRACE_MS = 500;

export interface QueueLimit {
  readonly poolSize: number;
  /** The counter at this moment, not the setting: what SQLAlchemy prints. */
  readonly overflow: number;
  readonly poolTimeoutMs: number;
}

/** SQLAlchemy's words, so that the message is found where people look for it. */
export function deadlinePassed({ poolSize, overflow, poolTimeoutMs }: QueueLimit): DatabaseError {
  const timeoutSeconds = (poolTimeoutMs / 1000).toFixed(2);
  return poolTimeout(
    `QueuePool limit of size ${poolSize} overflow ${overflow} reached, ` +
      `connection timed out, timeout ${timeoutSeconds}`,
    'deadline',
  );
}

export function queueFull(maxWaiting: number): DatabaseError {
  return poolTimeout(`${maxWaiting} requests wait for a connection already`, 'queue_full');
}

export function poolClosing(): DatabaseError {
  return poolTimeout('The pool is closing and hands out no more connections', 'closing');
}

/** The deadline passed while the connection was being opened: it is the database that is slow. */
export function connectTimedOut(poolTimeoutMs: number): DatabaseError {
  return new DatabaseError(
    `No connection to the database within the ${poolTimeoutMs} ms a request may wait for one`,
    { errorClass: 'db_unavailable', reason: 'connect_timeout', connectionUsable: false },
  );
}
