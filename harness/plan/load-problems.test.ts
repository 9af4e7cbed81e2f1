import { expect, test } from 'vitest';
import type { RawFlags } from './option-table.ts';
import { parseTrialPlan } from './parse-trial-plan.ts';
import { plan, refusal } from './test/parsed-plan.ts';

// Each: what was typed, and what the message must say: the field, the value, the reason.
test.each<[RawFlags, string]>([
  [{ rate: '0' }, '--rate "0" is below 0.001/s'],
  [{ rate: '-5' }, '--rate "-5" is not a rate'],
  [{ rate: '300/fortnight' }, '--rate "300/fortnight" is not a rate'],
  [{ rate: '100001' }, '--rate "100001" is above 100000/s'],
  [{ stages: '100/s' }, '--stages "100/s" cannot be read at stage 1: "100/s" is not rate:time'],
  [{ stages: '1:1s,2:2' }, 'cannot be read at stage 2: "2:2" has a time that has no unit'],
  [{ stages: '1:1s,2e9:2s' }, 'cannot be read at stage 2: "2e9:2s" has a rate that is not a rate'],
  [{ stages: '0:9s' }, '--stages "0:9s" brings no arrivals at all'],
  [{ stages: '1:40m,1:40m' }, 'takes 80m in all, more than 1h'],
  [{ stages: Array(101).fill('1:1s').join(',') }, 'has 101 stages, more than 100'],
  [{ rate: '5', stages: '5:5s' }, '--rate, --stages "5/s, 5/s:5s" are two rates for the same time'],
  [
    { rate: '5', connections: '9' },
    '--rate, --connections "5/s, 9" ask for the open and the closed loop at once',
  ],
  [
    { stages: '5:5s', connections: '9', thinkTime: '1s' },
    '--stages, --connections, --think-time "5/s:5s, 9, 1s" ask for the open and the closed loop',
  ],
  [{ stages: '5:5s', duration: '5s' }, '--stages, --duration "5/s:5s, 5s" both say how long'],
  [
    { rate: '5', threads: '4', maxInFlight: '3' },
    '--threads, --max-in-flight "4, 3" leave a thread without a connection',
  ],
  [{ arrivals: 'poison' }, '--arrivals "poison" is not known (did you mean poisson?)'],
  [{ retries: '21' }, '--retries "21" is above 20'],
  [{ rounds: '0' }, '--rounds "0" is below 1'],
  [{ gate: ['interval-half-width'] }, '--gate "interval-half-width" is not name=limit'],
  [{ gate: ['intervall-halfwidth=1'] }, 'names no gate (did you mean interval-half-width?)'],
  [{ gate: ['zzz=1'] }, '--gate "zzz=1" names no gate'],
  [{ gate: ['rounds-spread=15%'] }, 'has a limit that is not a number'],
  [{ gate: ['rounds-spread=0.1/0.2'] }, 'has more limits than one'],
  [{ gate: ['dropped-share=0.1'] }, 'needs two limits'],
  [{ gate: ['dropped-share=0.2/0.1'] }, 'is invalid at 0.1 before it is degraded at 0.2'],
  [{ gate: ['samples-beyond-p99-min=0.5'] }, 'has a limit that cannot be one'],
])('%j is refused: %s', (flags, says) => {
  const error = refusal(flags);
  expect(error.message).toContain(says);
  expect(error.hint).not.toBe('');
  expect(error.exitCode).toBe(2);
});

test('a rate is one stage of users who arrive whatever happens', () => {
  expect(plan({ rate: '18000/min', duration: '4s' })).toMatchObject({
    load: {
      model: {
        kind: 'open',
        stages: [{ fromPerSecond: 300, toPerSecond: 300, durationMs: 4_000 }],
        arrivals: 'poisson',
        maxInFlight: 256,
        atCap: 'drop',
        threads: 1,
      },
    },
    durationMs: 4_000,
  });
});

test('the window of stages is as long as they are together', () => {
  const { load, durationMs } = plan({ stages: '100/s:10s, 100..400/s:1m' });
  expect(load.model).toMatchObject({
    stages: [
      { fromPerSecond: 100, toPerSecond: 100, durationMs: 10_000 },
      { fromPerSecond: 100, toPerSecond: 400, durationMs: 60_000 },
    ],
  });
  expect(durationMs).toBe(70_000);
});

test('a setting that is wrong by itself is not reported as a conflict too', () => {
  expect(refusal({ rate: '5', threads: '999', maxInFlight: '3' }).message).toBe(
    '--threads "999" is above 64',
  );
  expect(refusal({ rate: '5', connections: 'x' }).message).not.toContain('closed loop');
});

test('a conflict names the variable that one side came from', () => {
  expect(refusal({ rate: '5' }, { POOL_LAB_CONNECTIONS: '9' }).message).toContain(
    '(from --rate, POOL_LAB_CONNECTIONS)',
  );
});

test('clients wait as long as it takes and never retry, unless they are told otherwise', () => {
  expect(plan().load).toMatchObject({ requestTimeoutMs: null, retry: null });
  expect(plan({ requestTimeout: 'none' }).load.requestTimeoutMs).toBeNull();
});

test.each<[RawFlags, string]>([
  [{ arrivals: 'constant' }, '--arrivals changes nothing without --rate or --stages'],
  [{ maxInFlight: '9' }, '--max-in-flight changes nothing without --rate or --stages'],
  [{ retryBackoff: '1s' }, '--retry-backoff changes nothing without --retries'],
])('%j is warned of: %s', (flags, warning) => {
  expect(parseTrialPlan({ flags, env: {} }).warnings).toEqual([warning]);
});

test('a lab that measures nothing says which settings it has no use for', () => {
  const idle = { rounds: '3', gate: ['rounds-spread=1'], warmup: '1s', duration: '5s' };
  const flags = { ...idle, goodputDeadline: '1s' };
  expect(parseTrialPlan({ flags, env: {}, command: 'up' }).warnings).toEqual([
    '--warmup changes nothing with up, which measures nothing',
    '--duration changes nothing with up, which measures nothing',
    '--gate changes nothing with up, which measures nothing',
    '--rounds changes nothing with up, which measures nothing',
  ]);
  expect(parseTrialPlan({ flags, env: {} }).warnings).toEqual([]);
});
