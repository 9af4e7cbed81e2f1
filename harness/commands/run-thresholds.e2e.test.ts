import { expect, test } from 'vitest';
import { roundsResultSchema } from '../analysis/estimates/rounds-result.ts';
import { startCli } from '../test/cli-child.ts';

const SMALL = ['--workers', '2', '--warmup', '200ms', '--drain', '2s'];

test('what was asked for comes first, met or not, and one that is not met exits with 99', async () => {
  const { seen, ended } = startCli([
    'run',
    ...SMALL,
    ...['--duration', '1s', '--connections', '8', '--think-time', '20ms'],
    ...['--threshold', 'errors.total == 0'],
    ...['--threshold', 'pg.connections.peak<1%*usable'],
    ...['--threshold', 'latency.p999<1h'],
  ]);
  const { code } = await ended;
  expect(seen.stdout.split('\n').slice(0, 3)).toEqual([
    expect.stringMatching(/^✓ errors\.total == 0 +0 = 0$/),
    expect.stringMatching(/^✗ pg\.connections\.peak<1%\*usable +\d+ ≥ 0\.96 = 0\.01 × 96$/),
    // Such clients ask 400 times in a second at most: too few for it, whatever the machine.
    expect.stringMatching(/^✗ latency\.p999<1h +no number for latency\.p999: /),
  ]);
  // A machine that was too busy makes it INVALID, which goes before.
  expect(code, seen.stdout).toBe(/^VERDICT +INVALID/m.test(seen.stdout) ? 6 : 99);
});

test('--abort-on-fail ends all rounds with the first refusal, and keeps what was measured', async () => {
  const { seen, ended } = startCli([
    'run',
    ...SMALL,
    ...['--duration', '40s', '--max-connections', '12', '--connections', '24'],
    ...['--workload', 'hold', '--param', 'ms=30'],
    ...['--threshold', 'errors.too_many_connections==0', '--threshold', 'requests.ok>1000000'],
    ...['--abort-on-fail', '--rounds', '2', '--json'],
  ]);
  const { code } = await ended;
  const { rounds, verdict } = roundsResultSchema.parse(JSON.parse(seen.stdout));
  expect(rounds).toHaveLength(1);
  const [result] = rounds;
  if (result === undefined) return;
  expect(result).toMatchObject({ ended: 'threshold_failed', plan: { abortOnFail: true } });
  expect(result.measuredMs).toBeLessThan(20_000);
  expect(result.requests.ok).toBeGreaterThan(0);
  expect(result.thresholds).toEqual([
    {
      expression: 'errors.too_many_connections==0',
      met: false,
      detail: expect.stringMatching(/^[\d,]+ ≠ 0 after \d+\.\d s, which ended the run$/),
    },
    {
      expression: 'requests.ok>1000000',
      met: false,
      detail: expect.stringMatching(/^[\d,]+ ≤ 1,000,000$/),
    },
  ]);
  expect(result.caveats.map((caveat) => caveat.code)).toContain('stopped_by_threshold');
  expect(code, seen.stderr).toBe(verdict === 'INVALID' ? 6 : 99);
});

test('a threshold that is not understood is refused before anything starts', async () => {
  const line = ['run', '--threshold', 'latncy.p99<50ms', '--threshold', 'lost<5ms'];
  const { seen, ended } = startCli(line);
  expect(await ended).toEqual({ code: 2, signal: null });
  expect(seen.stderr).toContain('did you mean latency.p99?');
  expect(seen.stderr).toContain('compares a count with a time');
  expect(seen.stderr).not.toContain('starting PostgreSQL');
});
