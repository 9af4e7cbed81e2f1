import { expect, test } from 'vitest';
import { type RoundChanges, sweptCell, unchanged } from './test/swept-trials.ts';
import { invalidChanges, overloadedChanges, starvedChanges } from './test/troubled-trials.ts';

const refused: RoundChanges = ({ attempts }) => ({
  attempts: { ...attempts, httpErrors: { too_many_connections: 1 } },
});
const failures =
  (share: number, ending: 'timeouts' | 'dropped'): RoundChanges =>
  ({ requests }) => ({
    requests: { ...requests, scheduled: 10_000, [ending]: share * 10_000 },
  });
const timedOut = failures(0.0011, 'timeouts');
const dropped = failures(0.0011, 'dropped');
const stray = failures(0.001, 'timeouts');
const missed: RoundChanges = () => ({
  thresholds: [{ expression: 'latency.p99<1ms', met: false, detail: '9 ms ≥ 1 ms' }],
});
const silent: RoundChanges = ({ requests }) => ({ requests: { ...requests, scheduled: 0, ok: 0 } });
const cutOff: RoundChanges = ({ requests }) => ({
  ended: 'threshold_failed',
  requests: { ...requests, unanswered: 64 },
});
const invalid: RoundChanges = invalidChanges;

test.each([
  ['usable', 'every round is fine', [unchanged, unchanged, unchanged]],
  [
    'exhausted',
    'one round of three was refused, in one retried attempt',
    [unchanged, refused, unchanged],
  ],
  ['overloaded', 'one round of three was overloaded', [unchanged, overloadedChanges, unchanged]],
  ['starved', 'the pool gave up a wait', [starvedChanges, unchanged]],
  ['failing', 'more than one request in a thousand timed out at the client', [timedOut, unchanged]],
  ['failing', 'more than one in a thousand was dropped at the cap', [dropped]],
  ['usable', 'one in a thousand failed in every round', [stray, stray]],
  ['failing', 'nothing was answered', [silent]],
  ['threshold_missed', 'a round misses a threshold', [unchanged, missed]],
  ['usable', 'requests were cut off when the run was stopped', [cutOff]],
  ['invalid', 'no round may be believed', [invalid, invalid]],
  ['usable', 'of two rounds one may be believed', [invalid, unchanged]],
  ['not_measured', 'every round failed', [null, null]],
  ['not_measured', 'there is no round yet', []],
  ['usable', 'one round failed', [null, unchanged]],
] as const)('a cell is %s when %s', (state, _, rounds) => {
  expect(sweptCell(rounds).state).toBe(state);
});

test('a refusal is worse than an overload, which is worse than an empty pool', () => {
  expect(sweptCell([starvedChanges, overloadedChanges, refused]).state).toBe('exhausted');
  expect(sweptCell([starvedChanges, overloadedChanges, missed]).state).toBe('overloaded');
});

test('a refusal counts in a round that may not be believed too', () => {
  const both: RoundChanges = (trial) => ({ ...invalidChanges(), ...refused(trial) });
  expect(sweptCell([unchanged, both]).state).toBe('exhausted');
});

test('a pool timeout in a round that may not be believed says nothing', () => {
  const both: RoundChanges = (trial) => ({ ...invalidChanges(), ...starvedChanges(trial) });
  expect(sweptCell([unchanged, both]).state).toBe('usable');
});
