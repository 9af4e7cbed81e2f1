import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Custodian, GuardedResource } from '../custodian.ts';
import { isRunning, listProcesses } from '../process-table.ts';
import { optional } from '../test/optional.ts';
import { detectPrometheus } from '../test/prometheus-binaries.ts';
import { requirePrometheus } from './prometheus-program.ts';
import { type PrometheusServer, withPrometheus } from './prometheus-server.ts';
import { fakePrometheus } from './test/fake-prometheus.ts';

const prometheus = await optional('prometheus', detectPrometheus);
const BASE_ENVIRONMENT = { PATH: process.env['PATH'] ?? '' };
const STOP_PROMISE_MS = 3_000;

/** With characters that a pattern of rule files would take for something else. */
const directory = mkdtempSync(join(tmpdir(), 'pool-lab-rules-[a]*-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const rulesPath = join(directory, 'rules.lab.yml');
writeFileSync(
  rulesPath,
  JSON.stringify({
    groups: [{ name: 'test', rules: [{ record: 'job:up:sum', expr: 'sum by (job) (up)' }] }],
  }),
);

/** Notes what was guarded, in order, and what of it was released. */
function recordingCustodian() {
  const guarded: GuardedResource[] = [];
  const released: GuardedResource[] = [];
  const custodian: Custodian = {
    guard(resource) {
      guarded.push(resource);
      return () => released.push(resource);
    },
  };
  return { custodian, guarded, released };
}

/** Starts `path` as if it were Prometheus. */
function startAs<T>(
  path: string,
  use: (server: PrometheusServer) => Promise<T>,
  more: { readonly port?: number; readonly signal?: AbortSignal; targets?: string } = {},
) {
  const target = more.targets ?? '127.0.0.1:9';
  const notes = recordingCustodian();
  const done = withPrometheus(
    {
      program: { path, version: '2.0.0' },
      port: more.port ?? 0,
      targets: { api: target, harness: target },
      rulesPath,
    },
    {
      custodian: notes.custodian,
      signal: more.signal ?? new AbortController().signal,
      baseEnvironment: BASE_ENVIRONMENT,
    },
    use,
  );
  return { ...notes, done };
}

prometheus.test(
  'it scrapes, evaluates the rules, and is gone with its data after that',
  async () => {
    const target = createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4').end('answer 42\n');
    });
    await new Promise<void>((resolve) => target.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const { port } = target.address() as AddressInfo;
    const { path } = await requirePrometheus(process.env);
    let url = '';
    try {
      const { done, guarded, released } = startAs(
        path,
        async (server) => {
          url = server.url;
          // The two are scraped one after the other, spread over the interval.
          await until(() => value(url, 'sum(answer) == 84'));
          await until(() => value(url, 'job:up:sum{job="pool-lab-api"} == 1'));
          const place = placeOf(guarded);
          expect(statSync(place).mode & 0o777).toBe(0o700);
          expect(readdirSync(place).sort()).toEqual(['data', 'prometheus.yml', 'rules.yml']);
          // On no other address of this machine: Linux has all of 127.0.0.0/8.
          const elsewhere = url.replace('127.0.0.1', '127.0.0.2');
          await expect(fetch(`${elsewhere}/-/ready`)).rejects.toThrow();
        },
        { targets: `127.0.0.1:${port}` },
      );
      await done;
      expect(guarded.map(({ kind }) => kind)).toEqual(['directory', 'process-group']);
      expect(released).toEqual(guarded.toReversed());
      expect(existsSync(placeOf(guarded))).toBe(false);
      await expect(fetch(`${url}/-/ready`)).rejects.toThrow();
    } finally {
      target.close();
      target.closeAllConnections();
    }
  },
);

prometheus.test('a page from elsewhere in the same browser may not read it', async () => {
  const { path } = await requirePrometheus(process.env);
  await startAs(path, async ({ url }) => {
    const allowed = async (origin: string): Promise<string | null> => {
      const response = await fetch(`${url}/api/v1/query?query=1`, { headers: { origin } });
      await response.arrayBuffer();
      return response.headers.get('access-control-allow-origin');
    };
    expect(await allowed(url)).toBe(url);
    expect(await allowed('https://elsewhere.example')).toBe(null);
    expect(await allowed(url.replaceAll('.', 'x'))).toBe(null);
  }).done;
});

prometheus.test('its death later is told, with its last words', async () => {
  const { path } = await requirePrometheus(process.env);
  await startAs(path, async ({ died }) => {
    const child = listProcesses().find(
      ({ parentPid, command }) => parentPid === process.pid && command.startsWith(path),
    );
    if (child === undefined) throw new Error('no Prometheus is running');
    process.kill(child.pid, 'SIGKILL');
    expect(await died).toMatchObject({ reason: 'SIGKILL' });
  }).done;
});

test('one that does not say where its first page is has it where most have it', async () => {
  const script = `
    const [, port] = /address=.*:(\\d+)/.exec(process.argv.join(" "));
    require("node:http")
      .createServer(({ url, socket }, answer) => (url === "/" ? socket.destroy() : answer.end()))
      .listen(Number(port), "127.0.0.1");`;
  using program = fakePrometheus(`exec '${process.execPath}' -e '${script}' -- "$@"`);
  await startAs(program.path, async ({ url, graphUrl }) => {
    expect(graphUrl).toBe(`${url}/graph`);
  }).done;
});

test('one that ends at its start is an error with its last lines', async () => {
  using program = fakePrometheus('echo "first words" >&2', 'echo "no such flag" >&2', 'exit 1');
  const { done, guarded } = startAs(program.path, () => Promise.reject(new Error('not ready')));
  await expect(done).rejects.toMatchObject({
    code: 'PROMETHEUS_START_FAILED',
    message: 'Prometheus did not start: exit code 1',
    hint: 'Its last lines:\nfirst words\nno such flag',
  });
  expect(existsSync(placeOf(guarded))).toBe(false);
});

test('one that cannot be executed is an error too', async () => {
  const { done } = startAs('/nonexistent/prometheus', () => Promise.reject(new Error('not ready')));
  await expect(done).rejects.toMatchObject({ code: 'PROMETHEUS_START_FAILED' });
});

test('where a chosen port is lost to somebody else, another one is tried, but not for ever', async () => {
  using program = fakePrometheus(
    'echo "$@" | tr " " "\\n" | grep listen-address >>"$(dirname "$0")/starts"',
    'echo "listen tcp: bind: address already in use" >&2',
    'exit 1',
  );
  const { done } = startAs(program.path, () => Promise.reject(new Error('not ready')));
  await expect(done).rejects.toMatchObject({ code: 'PROMETHEUS_START_FAILED' });
  const starts = readFileSync(join(program.directory, 'starts'), 'utf8').trim().split('\n');
  expect(starts).toHaveLength(3);
});

test('a port that is taken is refused before anything is started', async () => {
  using program = fakePrometheus('touch "$(dirname "$0")/started"');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = other.address() as AddressInfo;
  try {
    const { done } = startAs(program.path, () => Promise.reject(new Error('not ready')), { port });
    await expect(done).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(`port ${port}`),
      hint: expect.stringContaining('--prometheus-port'),
    });
    expect(existsSync(join(program.directory, 'started'))).toBe(false);
  } finally {
    other.close();
  }
});

test('one that ignores SIGTERM is gone within three seconds, its children too', async () => {
  using program = fakePrometheus("trap '' TERM", 'sleep 60 &', 'sleep 60');
  const stopping = new AbortController();
  const { done, guarded } = startAs(program.path, () => Promise.reject(new Error('not ready')), {
    signal: stopping.signal,
  });
  const family = await until(() => {
    const leader = guarded.find(({ kind }) => kind === 'process-group');
    if (leader?.kind !== 'process-group') return null;
    const found = listProcesses().filter(
      ({ pid, parentPid }) => pid === leader.pid || parentPid === leader.pid,
    );
    return found.length === 3 ? found : null;
  });
  const abortedAt = performance.now();
  stopping.abort(new Error('Ctrl-C'));
  await expect(done).rejects.toThrow('Ctrl-C');
  expect(performance.now() - abortedAt).toBeLessThan(STOP_PROMISE_MS);
  expect(family.filter(isRunning)).toEqual([]);
});

function placeOf(guarded: readonly GuardedResource[]): string {
  const [first] = guarded;
  if (first?.kind !== 'directory') throw new Error('no directory was guarded');
  return first.path;
}

const vectorSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Of an instant query with one series; `null` without any. */
async function value(url: string, query: string): Promise<number | null> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = vectorSchema.parse(await response.json());
  const [series] = data.result;
  return series === undefined ? null : Number(series.value[1]);
}

async function until<T>(look: () => T | null | Promise<T | null>): Promise<T> {
  const giveUpAt = performance.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() >= giveUpAt) throw new Error('it did not come about in 15 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
