/*
 * A small service as many are deployed: node:http, one pg pool in each of several processes, settings by
 * variables of its environment. It knows nothing of pool-lab.
 */
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import pg from 'pg';

const settings = {
  port: number('PORT', 3000),
  workers: number('WORKERS', 1),
  poolSize: number('DB_POOL_SIZE', 10),
  poolTimeoutMs: number('DB_POOL_TIMEOUT_MS', 5_000),
};

if (cluster.isPrimary) superviseWorkers();
else serve();

function superviseWorkers() {
  let stopping = false;
  for (let worker = 0; worker < settings.workers; worker += 1) cluster.fork();
  // Whoever runs this starts it again; a service with fewer workers than it was given would be a riddle.
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    console.error(`worker ${worker.process.pid} ended (${signal ?? code})`);
    process.exitCode = 1;
    stop();
  });
  function stop() {
    stopping = true;
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
  }
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function serve() {
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE_URL,
    max: settings.poolSize,
    connectionTimeoutMillis: settings.poolTimeoutMs,
    application_name: 'orders',
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => console.error(`idle connection lost: ${error.message}`));

  const server = createServer((request, response) => {
    answer(pool, request, response).catch((error) => {
      console.error(error);
      send(response, 500, { error: 'internal error' });
    });
  });
  server.listen(settings.port, '127.0.0.1');

  const stop = () => {
    server.close(() => pool.end().then(() => process.exit()));
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  // Ctrl-C reaches the whole process group: the primary sends SIGTERM.
  process.on('SIGINT', () => undefined);
}

async function answer(pool, request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://service');
  if (pathname === '/healthz') return send(response, 200, { ok: true });
  if (pathname !== '/work') return send(response, 404, { error: 'no such path' });

  const ms = Number(searchParams.get('ms') ?? 20);
  if (!(ms >= 0 && ms <= 10_000)) return send(response, 400, { error: 'ms is from 0 to 10000' });
  const beganMs = performance.now();
  let client;
  try {
    client = await pool.connect();
  } catch (error) {
    // Nothing is wrong with the service: it has no connection to answer with.
    return send(response, 503, { error: error.message });
  }
  const connectedMs = performance.now();
  try {
    await client.query('SELECT pg_sleep($1)', [ms / 1_000]);
  } finally {
    client.release();
  }
  const endedMs = performance.now();
  // Two numbers that only the service knows: pg's wait, which has the opening of a new connection in it, and
  // how long the connection was held.
  response.setHeader(
    'Server-Timing',
    `wait;dur=${(connectedMs - beganMs).toFixed(3)}, db;dur=${(endedMs - connectedMs).toFixed(3)}`,
  );
  send(response, 200, { ms });
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function number(name, otherwise) {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isFinite(value)) throw new Error(`${name} is no number`);
  return value;
}
