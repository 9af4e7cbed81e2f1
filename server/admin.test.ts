import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Admin, type AdminSource, reachable, startAdmin } from './admin.ts';
import { POOL_DEFAULTS, serverDescriptionSchema } from './contract.ts';

const SOURCE: AdminSource = {
  isReady: () => false,
  refresh: async () => undefined,
  refreshResponsive: async () => undefined,
  stats: () => ({ workers: [], crashes: 0, primaryCpuMs: 1 }),
  metrics: async () => 'up 1\n',
  description: () => ({
    product: 'pool-lab',
    workers: 3,
    instrumentation: true,
    preparedStatements: true,
    seed: 1,
    pool: POOL_DEFAULTS,
  }),
};

const started: Admin[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((admin) => admin.close()));
});

async function start(
  source: Partial<AdminSource> = {},
  allowedHosts: readonly string[] = [],
): Promise<Admin> {
  const admin = await startAdmin({
    host: '127.0.0.1',
    port: 0,
    allowedHosts,
    source: { ...SOURCE, ...source },
  });
  started.push(admin);
  return admin;
}

function ask(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ...options }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .once('error', reject)
      .end();
  });
}

test.each([
  ['/healthz', 200, 'ok\n'],
  ['/readyz', 503, 'not ready\n'],
  ['/metrics?x=1', 200, 'up 1\n'],
  ['/stats', 200, '{"workers":[],"crashes":0,"primaryCpuMs":1}\n'],
  ['/', 404, 'no such path; there are /metrics, /healthz, /readyz, /stats, /config\n'],
])('%s answers %i', async (path, status, body) => {
  const admin = await start();
  expect(await ask(admin.url + path)).toEqual({ status, body });
});

test('scrapes that come while one is being made share it, and the next one is made anew', async () => {
  const numbers = Promise.withResolvers<void>();
  let made = 0;
  const { url } = await start({
    refreshResponsive: () => numbers.promise,
    metrics: async () => {
      made += 1;
      return `made ${made}\n`;
    },
    // Asked for by the last of them: the others are there by then.
    isReady: () => {
      numbers.resolve();
      return true;
    },
  });
  const { host, hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const paths = ['/metrics', '/metrics', '/metrics', '/readyz'];
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join(''));
  let answers = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    answers += chunk;
    if (answers.includes('ready\n')) break;
  }
  expect(answers.match(/^made \d$/gm)).toEqual(['made 1', 'made 1', 'made 1']);
  expect((await ask(`${url}/metrics`)).body).toBe('made 2\n');
});

test('a scrape that fails fails alone', async () => {
  let fails = true;
  const { url } = await start({
    metrics: async () => {
      if (fails) throw new Error('no numbers');
      return 'up 1\n';
    },
  });
  expect((await ask(`${url}/metrics`)).status).toBe(500);
  fails = false;
  expect((await ask(`${url}/metrics`)).status).toBe(200);
});

test('a scrape waits for a blocked worker for less than a tenth of a second', async () => {
  const deadlinesMs: number[] = [];
  const refreshResponsive = async (deadlineMs: number) => {
    deadlinesMs.push(deadlineMs);
  };
  const admin = await start({ refreshResponsive });
  await ask(`${admin.url}/metrics`);
  expect(deadlinesMs).toEqual([50]);
});

test.each([
  ['another name', { host: 'lab.example' }],
  ['another port', { host: '127.0.0.1:1' }],
  ['a page of another origin', { origin: 'http://lab.example' }],
  ['a page without an origin', { origin: 'null' }],
])('a request from %s is refused', async (_from, headers) => {
  const admin = await start();
  expect((await ask(`${admin.url}/healthz`, { headers })).status).toBe(403);
});

test('its own name and origin are accepted, by number and as localhost', async () => {
  const admin = await start();
  const { port } = new URL(admin.url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const headers = { host, origin: `http://${host}` };
    expect((await ask(`${admin.url}/healthz`, { headers })).status).toBe(200);
  }
});

test('a name that was allowed is accepted, on exactly its port and with its origin', async () => {
  const admin = await start({}, ['api:9464']);
  const status = async (headers: Record<string, string>) =>
    (await ask(`${admin.url}/metrics`, { headers })).status;
  expect(await status({ host: 'api:9464' })).toBe(200);
  expect(await status({ host: 'api:9464', origin: 'http://api:9464' })).toBe(200);
  expect(await status({ host: 'api:9465' })).toBe(403);
  expect(await status({ host: 'api' })).toBe(403);
});

test('its configuration is told in the form of the contract', async () => {
  const admin = await start();
  const { status, body } = await ask(`${admin.url}/config`);
  expect(status).toBe(200);
  expect(serverDescriptionSchema.parse(JSON.parse(body))).toMatchObject({
    product: 'pool-lab',
    workers: 3,
    pool: POOL_DEFAULTS,
  });
});

test('nothing can be changed through it', async () => {
  const admin = await start();
  expect((await ask(`${admin.url}/stats`, { method: 'POST' })).status).toBe(405);
});

test('a failure inside is an answer, not the end of the process', async () => {
  const admin = await start({ metrics: () => Promise.reject(new Error('broken metric')) });
  expect(await ask(`${admin.url}/metrics`)).toEqual({ status: 500, body: 'broken metric' });
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '[::1]'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
])('who listens on %s is reached at %s', (host, url) => {
  expect(reachable(host)).toBe(url);
});
