import { expect, test } from 'vitest';
import { roundsResultSchema } from '../analysis/estimates/rounds-result.ts';
import { startCli } from '../test/cli-child.ts';

const SMALL = ['run', '--workers', '1', '--warmup', '0', '--rate', '100/s', '--drain', '2s'];

test('several rounds are one result that the published schema describes, each with its seed', async () => {
  const { seen, ended } = startCli([
    ...SMALL,
    ...['--duration', '1s', '--rounds', '2', '--seed', '7', '--json'],
  ]);
  const { code } = await ended;
  const result = roundsResultSchema.parse(JSON.parse(seen.stdout));
  expect(result).toMatchObject({
    state: 'rounds',
    roundsAsked: 2,
    rounds: [
      {
        plan: { seed: 7, load: { model: { kind: 'open' } } },
        requests: { ok: expect.any(Number) },
      },
      { plan: { seed: 8 } },
    ],
  });
  const [first, second] = result.rounds;
  expect(first?.requests.scheduled).not.toBe(second?.requests.scheduled);
  expect(code).toBe(result.verdict === 'INVALID' ? 6 : 0);
  expect(seen.stderr).toMatch(/round 1 of 2\n[\s\S]*round 2 of 2\n/);
});

test('Ctrl-C in the second round keeps the first, and says that one is missing', async () => {
  const { child, seen, ended, said } = startCli([...SMALL, '--duration', '2s', '--rounds', '3']);
  await said(/round 2 of 3\n/);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(seen.stdout).toMatch(/^INCOMPLETE: .* of 3 rounds/s);
  expect(seen.stdout).toMatch(/LOAD +point, 100\/s poisson \(seed 1\)/);
});
