import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(PROJECT, 'node_modules', 'vitest', 'vitest.mjs');
const CONFIG = join(PROJECT, 'harness', 'test', 'survivor-fixtures', 'vitest.config.ts');

const vitestReport = z.object({
  testResults: z.array(
    z.object({ name: z.string(), status: z.enum(['passed', 'failed']), message: z.string() }),
  ),
});

let outcomes: ReadonlyMap<string, string>;

beforeAll(async () => {
  outcomes = await runFixtures();
});

test.each([
  ['listener.leak.ts', 'failed: this test file leaves behind: 1 × listening TCP socket'],
  ['client.leak.ts', 'failed: this test file leaves behind: 2 × open TCP connection'],
  ['child.leak.ts', 'failed: this test file leaves behind: 1 × child process'],
  ['tidy.leak.ts', 'passed: '],
])('of %s the guard says %j', (file, outcome) => {
  expect(outcomes.get(file)).toBe(outcome);
});

/** All their tests pass; only what the guard finds can fail a file. */
async function runFixtures(): Promise<ReadonlyMap<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'pool-lab-guard-'));
  try {
    const reportFile = join(directory, 'report.json');
    // Three fixtures must fail, so the exit status says nothing; a missing report says it all.
    await once(
      spawn(process.execPath, [VITEST, 'run', '--config', CONFIG, `--outputFile=${reportFile}`], {
        cwd: PROJECT,
        stdio: 'ignore',
      }),
      'exit',
    );
    const report = vitestReport.parse(JSON.parse(await readFile(reportFile, 'utf8')));
    return new Map(
      report.testResults.map(({ name, status, message }) => [
        basename(name),
        `${status}: ${message.split('\n')[0] ?? ''}`,
      ]),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
