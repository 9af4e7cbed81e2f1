import type { PoolClient } from './pool-client.ts';
import type { PoolClock } from './pool-clock.ts';

/** A session that does not answer a ROLLBACK, or does not get ready after an error, in this time is lost. */
const RESET_LIMIT_MS = 5_000;

export interface ReturnOptions {
  readonly clock: PoolClock;
  /** End an open transaction by a ROLLBACK instead of closing the connection for it. */
  readonly reset: boolean;
  /** False when the holder's error says that the session cannot be trusted. */
  readonly trusted: boolean;
  readonly onClean: () => void;
  readonly onDirty: () => void;
}

/**
 * Decides whether a connection given back may serve somebody else: its session is between queries and
 * outside a transaction. Answers once; at once when nothing has to be waited for.
 */
export function returnConnection(client: PoolClient, options: ReturnOptions): void {
  const { reset, trusted, onDirty } = options;
  const condition = client.condition;
  if (!trusted || condition === 'lost' || condition === 'busy') {
    onDirty();
  } else if (condition === 'ready' && !reset) {
    judge(client, options);
  } else {
    awaitAnswer(client, options);
  }
}

function awaitAnswer(client: PoolClient, options: ReturnOptions): void {
  let decided = false;
  const decide = (): void => {
    if (decided) return;
    decided = true;
    stopTimer();
    client.off('end', decide);
    judge(client, options);
  };
  const stopTimer = options.clock.after(RESET_LIMIT_MS, decide);
  client.once('end', decide);
  if (options.reset) {
    client.query('ROLLBACK').then(decide, decide);
  } else {
    // The error came alone; whether a transaction is open is known with the answer behind it.
    client.once('drain', decide);
  }
}

function judge(client: PoolClient, { onClean, onDirty }: ReturnOptions): void {
  if (client.condition === 'ready' && client.getTransactionStatus() === 'I') onClean();
  else onDirty();
}
