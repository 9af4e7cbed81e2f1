import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HARNESS_METRICS } from '../../server/contract.ts';
import { scrapeText } from '../metrics/test/scrape-text.ts';
import type { RawFlags } from '../plan/option-table.ts';
import { REPORT_DATA_PLACEHOLDER } from '../report/html/report-data.ts';
import type { LabObserver } from '../runner/lab-observer.ts';
import { MACHINE_STORE } from '../store/store-deps.ts';
import { fakeTrial } from '../test/fake-sweep.ts';
import { recordingIo } from '../test/recording-io.ts';
import { createSweepCommand } from './sweep.ts';

const SHELL = `<script type="application/json">${REPORT_DATA_PLACEHOLDER}</script>`;

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pool-lab-sweep-'));
});
afterEach(() => rmSync(base, { recursive: true }));

/** A sweep of two trials; `during` is called in the middle of each, with what stderr has so far. */
async function sweep(
  flags: RawFlags,
  during: (observer: LabObserver | undefined, stderr: string) => Promise<void>,
): Promise<void> {
  const io = recordingIo({ env: {}, isTty: false, signal: new AbortController().signal });
  const command = createSweepCommand({
    createMeasurer: ({ observer }) => ({
      withPostgres: (_settings, use) =>
        use(async (trial) => {
          await during(observer, io.stderrText());
          return fakeTrial(trial);
        }),
    }),
    store: MACHINE_STORE,
    shell: () => Promise.resolve(SHELL),
    nowMs: () => performance.now(),
  });
  const asked = { config: 'none', poolSize: '2,8', rounds: '1', out: join(base, 'run'), ...flags };
  await command.run(asked, io, []);
}

test('all trials of a sweep are seen on one endpoint, whose address is on stderr', async () => {
  const urls = new Set<string>();
  const phases: number[] = [];
  await sweep({ metricsPort: '0' }, async (observer, stderr) => {
    const url = /metrics of the load: (\S+)/.exec(stderr)?.[1] ?? '';
    urls.add(url);
    const run = observer?.onLoad('measure');
    const series = scrapeText(await (await fetch(url)).text());
    phases.push(series.get(`${HARNESS_METRICS.phase}{phase="measure"}`) ?? 0);
    run?.ended(null);
  });
  expect(phases).toEqual([1, 1]);
  const [url = ''] = urls;
  expect([...urls]).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)]);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('a sweep that nobody wants to scrape says nothing of it', async () => {
  await sweep({}, (_observer, stderr) => {
    expect(stderr).not.toContain('metrics of the load');
    return Promise.resolve();
  });
});
