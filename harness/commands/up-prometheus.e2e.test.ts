import { existsSync, readlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { z } from 'zod';
import { METRICS } from '../../server/contract.ts';
import { isRunning, listProcesses } from '../process-table.ts';
import { type CliChild, startCli } from '../test/cli-child.ts';
import { optional } from '../test/optional.ts';
import { detectPrometheus } from '../test/prometheus-binaries.ts';

const { test } = await optional('prometheus', detectPrometheus);

const upSchema = z.object({
  url: z.string(),
  metricsUrl: z.string(),
  prometheus: z.object({
    url: z.string(),
    alertsUrl: z.string(),
    graphs: z.array(z.object({ title: z.string(), expression: z.string(), url: z.string() })),
  }),
});

test('up --prometheus has data behind every link, outlives its Prometheus, and leaves nothing', async () => {
  const line = '--json --prometheus --load --workload hold --connections 40 --max-connections 15';
  const cli = startCli(['up', ...line.split(' ')]);
  try {
    await lookAround(cli);
  } finally {
    // Should something above have failed: it must not stand in the way of the next test.
    cli.child.kill('SIGINT');
    await cli.ended;
  }
});

async function lookAround({ child, seen, ended, said }: CliChild): Promise<void> {
  await said(/^{"url":.*\n/);
  const up = upSchema.parse(JSON.parse(seen.stdout));
  const { prometheus } = up;

  for (const { expression } of prometheus.graphs) {
    expect(await until(() => query(prometheus.url, expression), expression)).not.toEqual([]);
  }
  expect(await until(() => query(prometheus.url, 'sum(up) == 2'), 'both targets')).toEqual([2]);
  const [sessions = 0] = await query(prometheus.url, `sum(${METRICS.pgConnections})`);
  expect(sessions).toBeGreaterThan(1);
  for (const url of [prometheus.alertsUrl, ...prometheus.graphs.map((graph) => graph.url)]) {
    const page = await fetch(url);
    expect({ url, status: page.status, text: await page.text() }).toMatchObject({
      status: 200,
      text: expect.stringMatching(/<html/),
    });
  }
  expect(new URL(prometheus.url).hostname).toBe('127.0.0.1');

  const server = listProcesses().find(
    ({ parentPid, command }) => parentPid === child.pid && /^\S*prometheus /.test(command),
  );
  if (server === undefined) throw new Error('no Prometheus is running');
  const directory = workingDirectory(server.pid);
  process.kill(server.pid, 'SIGKILL');
  await said(/Prometheus ended, the lab goes on: SIGKILL/);
  expect((await fetch(new URL('/noop', up.url))).ok).toBe(true);

  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(isRunning(server)).toBe(false);
  if (directory !== null) expect(existsSync(directory)).toBe(false);
}

/** `null` where there is no /proc. */
function workingDirectory(pid: number): string | null {
  return process.platform === 'linux' ? readlinkSync(`/proc/${pid}/cwd`) : null;
}

const vectorSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

async function query(url: string, expression: string): Promise<readonly number[]> {
  const path = `/api/v1/query?${new URLSearchParams({ query: expression })}`;
  const { data } = vectorSchema.parse(await (await fetch(url + path)).json());
  return data.result.map(({ value }) => Number(value[1]));
}

const DEADLINE_MS = 20_000;
const POLL_MS = 100;

async function until(
  look: () => Promise<readonly number[]>,
  what: string,
): Promise<readonly number[]> {
  const giveUpAt = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found.length > 0) return found;
    if (performance.now() >= giveUpAt) throw new Error(`nothing within ${DEADLINE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
