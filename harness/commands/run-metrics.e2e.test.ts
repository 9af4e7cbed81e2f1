import { expect, test } from 'vitest';
import { ADMIN_PATHS, HARNESS_METRICS, LOAD_RESULTS, METRICS } from '../../server/contract.ts';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { scrapeText } from '../metrics/test/scrape-text.ts';
import { findFreePort } from '../postgres/free-port.ts';
import { startCli } from '../test/cli-child.ts';

const { offeredTotal, droppedTotal, endedTotal, goodTotal, phase } = HARNESS_METRICS;
const ended = (result: string): string => `${endedTotal}{result="${result}"}`;
const cpu = (part: string): string => `${HARNESS_METRICS.cpuSecondsTotal}{part="${part}"}`;

interface Scraped {
  readonly text: string;
  readonly series: ReadonlyMap<string, number>;
}

/** `null` when nobody listens there, any more or yet. */
async function scrape(url: string): Promise<Scraped | null> {
  try {
    const text = await (await fetch(url, { headers: { connection: 'close' } })).text();
    return { text, series: scrapeText(text) };
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

test('while it runs, its own metrics tell the load and the API’s tell who holds the slots; at the end both agree with the result', async () => {
  const adminPort = await findFreePort();
  const line = '--warmup 0 --duration 2s --drain 2s --workers 2 --pool-size 2 --max-overflow 0';
  const { seen, ended: over } = startCli([
    ...['run', ...line.split(' '), '--workload', 'hold', '--param', 'ms=20'],
    ...['--connections', '8', '--metrics-port', '0', '--admin-port', String(adminPort), '--json'],
  ]);
  let done = false;
  const exit = over.finally(() => {
    done = true;
  });
  const harness: Scraped[] = [];
  const api: Scraped[] = [];
  const lookWhileItRuns = async (look: () => Promise<unknown>): Promise<void> => {
    while (!done) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  // Each by itself: an API that is being stopped is slow to answer, and the harness's last word is short.
  await Promise.all([
    exit,
    lookWhileItRuns(async () => {
      const url = /^metrics of the load: (\S+)$/m.exec(seen.stderr)?.[1];
      const own = url === undefined ? null : await scrape(url);
      if (own !== null) harness.push(own);
    }),
    lookWhileItRuns(async () => {
      if (harness.at(-1)?.series.get(`${phase}{phase="measure"}`) !== 1) return;
      const asked = await scrape(`http://127.0.0.1:${adminPort}${ADMIN_PATHS.metrics}`);
      if (asked !== null) api.push(asked);
    }),
  ]);
  const { requests, seconds } = measuredTrialSchema.parse(JSON.parse(seen.stdout));

  const last = harness.at(-1)?.series ?? new Map<string, number>();
  expect(last.get(offeredTotal)).toBe(requests.scheduled);
  expect(last.get(ended('ok'))).toBe(requests.ok);
  expect(last.get(droppedTotal)).toBe(0);
  expect(last.get(goodTotal)).toBe(sumOf(seconds.map(({ good }) => good)));
  expect(last.get(HARNESS_METRICS.inFlight)).toBe(0);
  expect(last.get(`${phase}{phase="idle"}`)).toBe(1);
  expect(sumOf(LOAD_RESULTS.map((result) => last.get(ended(result)) ?? 0))).toBe(
    requests.scheduled,
  );
  if (process.platform === 'linux') {
    for (const part of ['postgresql', 'api', 'generator']) {
      expect(last.get(cpu(part)), part).toBeGreaterThan(0);
    }
  }

  // Both pools are full before the first second is over, and PostgreSQL has nobody else.
  const held = api.map(({ series }) =>
    sumOf(
      [...series]
        .filter(([name]) => name.startsWith(METRICS.pgConnections) && /worker="\d+"/.test(name))
        .map(([, value]) => value),
    ),
  );
  expect(Math.max(...held)).toBe(4);
  const full = api[held.indexOf(4)]?.series;
  expect(full?.get(`${METRICS.budgetConnections}{bound="usable"}`)).toBe(96);
  expect(full?.get(`${METRICS.budgetConnections}{bound="ceiling"}`)).toBe(4);
});

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
