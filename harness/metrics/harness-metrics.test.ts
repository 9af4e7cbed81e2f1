import { request } from 'node:http';
import { expect, test } from 'vitest';
import { HARNESS_METRICS } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { UNOBSERVED } from '../runner/lab-observer.ts';
import { withHarnessMetrics } from './harness-metrics.ts';

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What `fetch` would not send: any Host header. */
function ask(url: string, { path = '/metrics', method = 'GET', headers = {} }: Asked = {}) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asked = request(new URL(path, url), { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject).end();
  });
}

function urlOf(url: string | null): string {
  if (url === null) throw new Error('there is no endpoint');
  return url;
}

test('what is observed can be scraped, for as long as it is used', async () => {
  const url = await withHarnessMetrics({ port: 0 }, async (metrics) => {
    const { status, text } = await ask(urlOf(metrics.url));
    expect(status).toBe(200);
    expect(text).toContain(`# TYPE ${HARNESS_METRICS.offeredTotal} counter\n`);
    expect(text).toContain(`\n${HARNESS_METRICS.phase}{phase="idle"} 1\n`);
    const run = metrics.observer.onLoad('warmup');
    expect((await ask(urlOf(metrics.url))).text).toContain('{phase="warmup"} 1\n');
    run.ended(null);
    return urlOf(metrics.url);
  });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  await expect(ask(url)).rejects.toThrow('ECONNREFUSED');
});

test('without a port there is no endpoint and nobody observes', async () => {
  await withHarnessMetrics({ port: null }, async ({ observer, url }) => {
    expect(url).toBeNull();
    expect(observer).toBe(UNOBSERVED);
  });
});

test.each<[string, Asked, number]>([
  ['another path', { path: '/' }, 404],
  ['a path with parameters', { path: '/metrics?collect[]=x' }, 200],
  ['only the head', { method: 'HEAD' }, 200],
  ['another method', { method: 'POST' }, 405],
  ['another name for this address', { headers: { host: 'rebound.example' } }, 403],
  ['a page of another origin', { headers: { origin: 'http://rebound.example' } }, 403],
  ['an authority that is allowed', { headers: { host: 'harness:9465' } }, 200],
])('%s is answered as it deserves', async (_name, asked, status) => {
  const options = { port: 0, allowedHosts: ['harness:9465'] };
  await withHarnessMetrics(options, async ({ url }) => {
    expect((await ask(urlOf(url), asked)).status).toBe(status);
  });
});

test('a port that is taken is an expected problem that names its flag', async () => {
  await withHarnessMetrics({ port: 0 }, async ({ url }) => {
    const port = Number(new URL(urlOf(url)).port);
    const second = withHarnessMetrics({ port }, async () => undefined);
    const error: unknown = await second.catch((thrown: unknown) => thrown);
    if (!(error instanceof LabError)) throw new Error('not refused');
    expect(error.code).toBe('PORT_IN_USE');
    expect(error.message).toContain(String(port));
    expect(error.hint).toContain('--metrics-port');
  });
});
