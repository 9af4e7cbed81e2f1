import { setTimeout as delay } from 'node:timers/promises';
import { classify } from '../pool/classify-error.ts';
import type { DatabaseError } from '../pool/database-error.ts';
import type { Pool } from '../pool/pool.ts';

const RETRY_INTERVAL_MS = 250;

export type ProbeResult =
  | { readonly state: 'answered' }
  | { readonly state: 'rejected'; readonly error: DatabaseError }
  | { readonly state: 'given-up' };

/**
 * Tries the pool until the database has spoken: by a connection, or by refusing one for lack of
 * slots, which an exhausted database may go on doing for as long as the trial lasts.
 */
export async function probeDatabase({
  pool,
  signal,
  onUnavailable,
}: {
  readonly pool: Pool;
  readonly signal: AbortSignal;
  readonly onUnavailable: (error: DatabaseError) => void;
}): Promise<ProbeResult> {
  while (!signal.aborted) {
    const error = await tryOnce(pool);
    if (error === null) return { state: 'answered' };
    switch (judge(error)) {
      case 'answered':
        return { state: 'answered' };
      case 'rejected':
        return { state: 'rejected', error };
      case 'unavailable':
        onUnavailable(error);
    }
    // Ends by rejection when aborted; the loop's condition says what that means.
    await delay(RETRY_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
  return { state: 'given-up' };
}

async function tryOnce(pool: Pool): Promise<DatabaseError | null> {
  try {
    const checkout = await pool.checkout();
    checkout.release();
    return null;
  } catch (error) {
    return classify(error);
  }
}

/** What a failed attempt says about the database, as opposed to about this attempt. */
export function judge(error: DatabaseError): 'answered' | 'rejected' | 'unavailable' {
  if (error.errorClass === 'too_many_connections') return 'answered';
  if (error.errorClass === 'db_auth' || error.sqlstate === '3D000') return 'rejected';
  if (error.reason === 'tls_not_offered') return 'rejected';
  return 'unavailable';
}
