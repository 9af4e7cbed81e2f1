import type { ClientBase } from 'pg';
import { classify } from '../pool/classify-error.ts';

/**
 * Runs `use` between BEGIN and COMMIT. After an error the transaction is rolled back where the
 * connection can still be used, so that a deadlock or a timeout does not cost the connection.
 */
export async function withTransaction<Result>(
  client: ClientBase,
  use: () => Promise<Result>,
): Promise<Result> {
  await client.query('BEGIN');
  try {
    const result = await use();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Should this fail too, its error is the one that tells the pool about the connection.
    if (classify(error).connectionUsable) await client.query('ROLLBACK');
    throw error;
  }
}
