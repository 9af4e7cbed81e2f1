/*
 * A service as somebody else would have it: node:http and one pg pool, settings by variables. GET /hold keeps a
 * connection for 20 ms, GET /now needs none, and what it has no connection for it answers by 503 and the error's text.
 * With TELL it says those after the answer.
 * With SLOW_FILE the first one makes that file, and whoever finds it takes half a minute to listen.
 * With EAGER it opens its whole pool before it listens, and gives up where it cannot.
 */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

const { PORT, POOL = '2', EAGER, TELL, SLOW_FILE, DATABASE_URL } = process.env;
const max = Number(POOL);
const pool = new pg.Pool({ connectionString: DATABASE_URL, max, application_name: 'orders' });
// A lost idle connection is replaced by the next one.
pool.on('error', () => undefined);

const server = createServer(async (request, response) => {
  try {
    if (request.url === '/hold') await pool.query('SELECT pg_sleep(0.02)');
    response.end('done\n');
  } catch (error) {
    response.statusCode = 503;
    response.end(`${error.message}\n`);
    if (TELL === 'yes') process.stderr.write(`failed: ${error.message}\n`);
  }
});

if (EAGER === 'yes') {
  const clients = await Promise.all(Array.from({ length: max }, () => pool.connect()));
  for (const client of clients) client.release();
}
if (SLOW_FILE !== undefined) await firstOnly(SLOW_FILE);
server.listen(Number(PORT), '127.0.0.1');

/** Whoever comes second does not listen before long. */
async function firstOnly(path) {
  try {
    await writeFile(path, '', { flag: 'wx' });
  } catch {
    await setTimeout(30_000);
  }
}
process.on('SIGTERM', () => {
  server.close(() => pool.end());
  server.closeIdleConnections();
});
