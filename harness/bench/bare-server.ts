/**
 * Process entry: the least a Fastify service with pg-pool can be, on the same route and statement as
 * the API's `point` workload. What the lab's server costs is measured against it.
 *
 * Arguments: port 0 is chosen by the system; the database comes from libpq's variables, the pool's
 * `max` from `POOL_MAX`. Sends `{ url }` to its parent and ends with it.
 */
import Fastify from 'fastify';
import pg from 'pg';
import { LAB_SCHEMA } from '../../server/contract.ts';

const ACCOUNTS = 100_000;

const pool = new pg.Pool({ max: Number(process.env['POOL_MAX'] ?? '10') });
pool.on('error', (error) => console.error(error.message));
const app = Fastify();

app.get('/w/point', async () => {
  const id = 1 + Math.floor(Math.random() * ACCOUNTS);
  const { rows } = await pool.query<{ id: number; balance: number }>({
    name: 'point-read',
    text: `SELECT id, balance FROM ${LAB_SCHEMA}.accounts WHERE id = $1`,
    values: [id],
  });
  return { account: rows[0] ?? null };
});

process.on('disconnect', () => process.exit(0));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url });
