import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { startCli } from '../test/cli-child.ts';

const SHORT = ['--warmup', '200ms', '--duration', '1s', '--drain', '2s'];

test('--json prints one result that the published schema describes; progress is on stderr', async () => {
  const { seen, ended } = startCli([
    'run',
    ...SHORT,
    '--json',
    '--connections',
    '8',
    '--workers',
    '2',
  ]);
  const { code } = await ended;
  const result = measuredTrialSchema.parse(JSON.parse(seen.stdout));
  expect(result).toMatchObject({ state: 'measured', plan: { workers: 2, durationMs: 1_000 } });
  expect(code).toBe(result.verdict === 'INVALID' ? 6 : 0);
  expect(seen.stderr).toContain('starting PostgreSQL\n');
  expect(seen.stderr).toContain('measuring\n');
});

test('more than fits is refused, and the first line says so', async () => {
  const line = ['--max-connections', '15', '--workload', 'hold', '--param', 'ms=30'];
  const { seen, ended } = startCli(['run', ...SHORT, ...line]);
  await ended;
  expect(seen.stdout).toMatch(/^(INVALID|EXHAUSTED: [\d,]+ of [\d,]+ requests refused)/);
  expect(seen.stdout).toContain('usable 11 = 15 − 3 reserved − 1 other');
});

test('Ctrl-C keeps what was measured, marks it incomplete, and ends by the signal', async () => {
  const { child, seen, ended, said } = startCli([
    'run',
    '--duration',
    '1m',
    '--warmup',
    '0',
    '--workers',
    '1',
  ]);
  await said(/measuring \d+\/60 s/);
  const stoppedAtMs = performance.now();
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(performance.now() - stoppedAtMs).toBeLessThan(5_000);
  expect(seen.stdout).toMatch(/^INCOMPLETE, .* of 1 min 0 s: /);
  expect(seen.stdout).toMatch(/LOAD +point, 64 clients/);
});

test('a port that is taken is named with its remedy, exit 3', async () => {
  await using server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { seen, ended } = startCli(['run', ...SHORT, '--port', String(port)]);
  expect(await ended).toEqual({ code: 3, signal: null });
  expect(seen.stderr).toMatch(new RegExp(`port ${port} .*taken.*\\n→ .*--port`));
  expect(seen.stdout).toBe('');
});
