import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { optional } from '../../../harness/test/optional.ts';
import { detectPrometheus } from '../../../harness/test/prometheus-binaries.ts';
import { ruleFileName, ruleGroups } from '../rule-file.ts';
import { ruleTestFileName } from '../rule-test-file.ts';
import { SCRAPE_CONFIGURATION_FILE } from '../scrape-configuration.ts';
import { ALL_WINDOWS } from '../windows.ts';

const run = promisify(execFile);
const DIRECTORY = fileURLToPath(new URL('../', import.meta.url));
const prometheus = await optional('prometheus', detectPrometheus);

/** What promtool says; rejects, with that in the message, where it finds a fault. */
async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(prometheus.get().promtool, args, { cwd: DIRECTORY }).catch(
    (error: unknown) => {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
      throw new Error(said, { cause: error });
    },
  );
  return stdout;
}

prometheus.test.each(ALL_WINDOWS)('promtool takes the rules for $name', async (windows) => {
  const rules = ruleGroups(windows).flatMap(({ recording, alerts }) => [...recording, ...alerts]);
  const said = await promtool(
    'check',
    'rules',
    '--lint=all',
    '--lint-fatal',
    ruleFileName(windows),
  );
  expect(said).toContain(`SUCCESS: ${rules.length} rules found`);
});

prometheus.test(
  'each alert fires when it should, says what it should, and is silent else',
  // Both at once, and with time: each begins an empty database for every scenario.
  { timeout: 60_000 },
  async () => {
    const said = await Promise.all(
      ALL_WINDOWS.map((windows) => promtool('test', 'rules', `tests/${ruleTestFileName(windows)}`)),
    );
    expect(said.map((one) => /SUCCESS|FAILED/.exec(one)?.[0])).toEqual(['SUCCESS', 'SUCCESS']);
  },
);

prometheus.test('promtool takes the configuration of the composed Prometheus', async () => {
  const said = await promtool('check', 'config', SCRAPE_CONFIGURATION_FILE);
  expect(said).toContain('SUCCESS: 1 rule files found');
});
