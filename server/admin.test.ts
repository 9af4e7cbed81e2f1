import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type Admin, type AdminSource, startAdmin } from './admin.ts';

const SOURCE: AdminSource = {
  isReady: () => false,
  refresh: async () => undefined,
  stats: () => ({ workers: [], crashes: 0, primaryCpuMs: 1 }),
  metrics: async () => 'up 1\n',
};

const started: Admin[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((admin) => admin.close()));
});

async function start(source: Partial<AdminSource> = {}): Promise<Admin> {
  const admin = await startAdmin({
    host: '127.0.0.1',
    port: 0,
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
  ['/', 404, 'no such path; there are /metrics, /healthz, /readyz, /stats\n'],
])('%s answers %i', async (path, status, body) => {
  const admin = await start();
  expect(await ask(admin.url + path)).toEqual({ status, body });
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

test('nothing can be changed through it', async () => {
  const admin = await start();
  expect((await ask(`${admin.url}/stats`, { method: 'POST' })).status).toBe(405);
});

test('a failure inside is an answer, not the end of the process', async () => {
  const admin = await start({ metrics: () => Promise.reject(new Error('broken metric')) });
  expect(await ask(`${admin.url}/metrics`)).toEqual({ status: 500, body: 'broken metric' });
});
