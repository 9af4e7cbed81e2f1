import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DISK_FILES } from '../store/disk-files.ts';
import { readRun } from '../store/read-run.ts';
import { sweepResultOfRun } from '../store/sweep-result-of-run.ts';
import { startCli } from '../test/cli-child.ts';

const SERVICE = `${process.execPath} ${import.meta.dirname}/../test/services/orders.mjs`;
/** Of 12 connections 8 can be had: one cell fits there, in a deploy too, and one does not. */
const PLAN = [
  ...['--config', 'none', '--command', SERVICE, '--request', '/hold', '--rounds', '1'],
  ...['--env', 'PORT={port}', '--env', 'POOL={poolSize}', '--max-overflow', '0'],
  ...['--pool-size', '2,12', '--max-connections', '12', '--connections', '24'],
  ...['--warmup', '100ms', '--duration', '1s', '--drain', '2s'],
  // Other tests may have the machine: what is refused is refused however late.
  ...['--gate', 'generator-stalled-share=1/1', '--gate', 'generator-utilization=1/1'],
  ...['--gate', 'dispatch-lag-ms-p99=1000/1000', '--gate', 'dispatch-lag-share-of-p50=100/100'],
];

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pool-lab-sweep-'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('a service is swept, each cell as predicted, and the shape to take is spelt out', async () => {
  const directory = join(base, 'run');
  const cli = startCli(['sweep', ...PLAN, '--out', directory]);
  await cli.ended;
  expect(cli.seen.stdout).toMatch(/sqlalchemy: create_engine\(url, pool_size=2, max_overflow=0\)/);
  expect(cli.seen.stdout).toContain('2 of 2 cells went as the arithmetic says (1 refused, 1 not)');

  const { cells } = sweepResultOfRun(readRun(directory, DISK_FILES));
  expect(cells.map(({ variables, state }) => [variables.poolSize, state])).toEqual([
    [2, 'usable'],
    [12, 'exhausted'],
  ]);
  expect(cells.map(({ budget }) => budget)).toMatchObject([
    { predictedRefusals: false, observedRefusals: false, agrees: true },
    { predictedRefusals: true, observedRefusals: true, agrees: true },
  ]);
  // Of a deploy with a second instance.
  expect(cells.map(({ budget }) => budget?.predicted.rolloutCeiling)).toEqual([4, 24]);
  for (const text of textsIn(directory)) expect(text).not.toMatch(/postgresql:\/\/\w+:\w/);
});

function textsIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
