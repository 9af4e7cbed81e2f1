import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepResultSchema } from '../analysis/sweep/sweep-result.ts';
import { startCli } from '../test/cli-child.ts';

const PLAN = [
  ...['--config', 'none', '--workers', '1', '--pool-size', '2,4', '--rounds', '1'],
  ...['--connections', '8', '--warmup', '100ms', '--duration', '1s', '--drain', '1s'],
];

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pool-lab-sweep-'));
});
afterEach(() => rmSync(base, { recursive: true }));

test('two cells are measured for real; Ctrl-C in the second loses it alone, and going on measures it', async () => {
  const directory = join(base, 'run');
  const first = startCli(['sweep', ...PLAN, '--out', directory]);
  await first.said(/\n1\/2 1 × \(\d\+10\): /);
  first.child.kill('SIGINT');
  expect(await first.ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(first.seen.stdout).toMatch(/^INCOMPLETE: 1 of 2 trials measured/);
  expect(first.seen.stdout).toContain(`npx pool-lab sweep --resume ${directory}\n`);
  expect(readdirSync(join(directory, 'trials'))).toHaveLength(1);

  const second = startCli(['sweep', '--resume', directory, '--json']);
  const { code } = await second.ended;
  const result = sweepResultSchema.parse(JSON.parse(second.seen.stdout));
  expect(result).toMatchObject({ trials: { planned: 2, measured: 2, failed: 0 }, damage: [] });
  expect(code).toBe(result.verdict === 'INVALID' ? 6 : 0);
  expect(second.seen.stderr).toMatch(/\n2\/2 1 × \(\d\+10\): /);
  expect(second.seen.stderr).not.toContain('\n1/2');
  expect(readFileSync(join(directory, 'report.html'), 'utf8')).toContain(result.planHash);
});
