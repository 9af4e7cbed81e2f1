import { expect, test } from 'vitest';
import { GATE_DEFAULTS } from '../gates.ts';
import type { RawEnv, RawFlags } from '../option-table.ts';
import { plan as trialPlan } from '../test/parsed-plan.ts';
import { expandCells } from './cells.ts';
import { countCells } from './count-cells.ts';
import { parseSweepPlan } from './parse-sweep-plan.ts';
import { refusalOf, sweep } from './test/parsed-sweep.ts';

test('without settings a sweep is three rounds of the one cell that run measures', () => {
  const { plan, planSettingsGiven, out, resume, warnings } = sweep();
  expect(plan).toMatchObject({ rounds: 3, predictedSurge: 1, settings: {} });
  expect(plan.base).toEqual(trialPlan());
  expect(countCells(plan.axes)).toBe(1);
  expect(expandCells(plan).map((cell) => cell.plan)).toEqual([trialPlan()]);
  expect({ planSettingsGiven, out, resume, warnings }).toEqual({
    planSettingsGiven: [],
    out: null,
    resume: null,
    warnings: [],
  });
});

test('lists become axes, ranges their values, and what was typed is kept as it was typed', () => {
  const { plan } = sweep({
    workers: '4,1,2',
    poolSize: '1..32:x2',
    maxOverflow: 'unlimited,0,5',
    maxConnections: '50,100',
    dbRtt: '20ms,0,0.5ms',
    poolKind: 'queue,null',
    workload: 'hot,point',
    connections: '32,64',
    rounds: '2',
    surge: '3',
  });
  expect(plan.axes).toEqual({
    workload: ['hot', 'point'],
    load: [32, 64].map((connections) => ({ kind: 'closed', connections, thinkTimeMs: 0 })),
    dbRttMs: [0, 0.5, 20],
    maxConnections: [50, 100],
    poolKind: ['queue', 'null'],
    maxOverflow: [0, 5, -1],
    workers: [1, 2, 4],
    poolSize: [1, 2, 4, 8, 16, 32],
  });
  expect(plan).toMatchObject({ rounds: 2, predictedSurge: 3 });
  expect(plan.settings).toEqual({
    workers: ['4,1,2'],
    'pool-size': ['1..32:x2'],
    'max-overflow': ['unlimited,0,5'],
    'max-connections': ['50,100'],
    'db-rtt': ['20ms,0,0.5ms'],
    'pool-kind': ['queue,null'],
    workload: ['hot,point'],
    connections: ['32,64'],
    rounds: ['2'],
    surge: ['3'],
  });
  expect(plan.base).toMatchObject({ workers: 1, workload: 'hot', pool: { poolSize: 1 } });
  // Without a pool its size is nothing: 3 × 6 shapes with one, 1 without.
  expect(countCells(plan.axes)).toBe(2 * 2 * 3 * 2 * 3 * (3 * 6 + 1));
});

test('rates are loads of the open loop, and stages are one load', () => {
  const rates = sweep({ rate: '200/s,100/s', duration: '3s' }).plan;
  expect(rates.axes.load.map((load) => load.kind === 'open' && load.stages)).toEqual(
    [100, 200].map((rate) => [{ fromPerSecond: rate, toPerSecond: rate, durationMs: 3_000 }]),
  );
  const { plan } = sweep({ stages: '5/s:1s,9/s:2s', poolSize: '1,2' });
  expect(plan.axes.load).toHaveLength(1);
  expect(expandCells(plan).map((cell) => cell.plan.durationMs)).toEqual([3_000, 3_000]);
});

test('faults are of every cell, and come within the window of all of them', () => {
  const { plan } = sweep({ dbFault: ['stall@1s:1s'], duration: '3s', poolSize: '1,2' });
  expect(expandCells(plan).map((cell) => cell.plan.faults)).toEqual(
    Array(2).fill([{ kind: 'stall', atMs: 1_000, durationMs: 1_000 }]),
  );
  expect(plan.settings).toMatchObject({ 'db-fault': ['stall@1s:1s'] });
  expect(() => sweep({ dbFault: ['reset@3s'], duration: '3s' })).toThrow(
    /--db-fault "reset@3s" comes when the measured window of 3s is over/,
  );
});

test('a parameter goes to the workloads that have it, or to the one it names', () => {
  const { plan } = sweep({
    workload: 'hold,remote-call,point',
    param: ['ms=30', 'hold.ms=10', 'tx=true'],
  });
  expect(plan.base.workloadParams).toEqual({ ms: '30', 'hold.ms': '10', tx: 'true' });
  expect(expandCells(plan).map((cell) => [cell.plan.workload, cell.plan.workloadParams])).toEqual([
    ['hold', { ms: '10' }],
    ['remote-call', { ms: '30', tx: 'true' }],
    ['point', {}],
  ]);
});

test('a flag goes before its variable, that before the file, and that before the default', () => {
  const text = 'workers: 3\npool-size: 3\nmax-overflow: 3\n';
  const { plan, read } = sweep(
    { workers: '1' },
    { POOL_LAB_WORKERS: '2', POOL_LAB_POOL_SIZE: '2' },
    text,
  );
  expect(plan.axes).toMatchObject({ workers: [1], poolSize: [2], maxOverflow: [3] });
  expect(read.sources).toMatchObject({
    workers: '--workers',
    poolSize: 'POOL_LAB_POOL_SIZE',
    maxOverflow: 'pool-lab.yaml:3:15',
    maxConnections: 'default',
  });
});

test('a setting that says what the default says is given, and yet no difference', () => {
  const { plan, planSettingsGiven } = sweep({ workers: '4', rounds: '3' }, {}, 'drain: 5000ms\n');
  expect(plan.settings).toEqual({});
  expect(planSettingsGiven).toEqual(['--workers', '--drain', '--rounds']);
});

test('all that is wrong is said at once: values, what they make together, and the file', () => {
  const { code, message, hint } = refusalOf(
    { poolSize: '900', maxOverflow: '0,200', workers: '8..1', threshold: ['offered>5'] },
    { POOL_LAB_ROUNDS: '0' },
    'max-connections: [3, 100]\nworkload: hold\nparam: { minutes: 1 }\npol-size: 4\n',
  );
  expect(code).toBe('CONFIG_INVALID');
  expect(message.split('\n')).toEqual([
    '7 settings cannot be used',
    '  pool-lab.yaml "pol-size" (from pool-lab.yaml:4:1) is not a setting (did you mean pool-size?): keys are the flags of pool-lab sweep without dashes; pool-lab init --stdout lists them',
    '  --workers "8..1" goes down: write it upwards: 1..8',
    '  --rounds "0" (from POOL_LAB_ROUNDS) is below 1: give a whole number from 1 to 100',
    '  --threshold "offered>5" is about the offered rate, which the closed loop does not have: give --rate or --stages, or leave it out',
    '  --pool-size + --max-overflow "900 + 200" (from --pool-size, --max-overflow) is 1100 connections a worker, above 1000: keep their sum at 1000 or less',
    '  --max-connections "3" (from pool-lab.yaml:1:18) is all reserved (--superuser-reserved 3 + --reserved 0): give 5 or more, or reserve less',
    '  --param "minutes=1" (from pool-lab.yaml:3:8) names no parameter of workload hold: give ms, or leave it out',
  ]);
  expect(hint).toBe('every setting with its values: pool-lab sweep --help');
});

test.each<[RawFlags, string]>([
  [{ rate: '100/s,200/s', connections: '32,64' }, '--rate, --connections "100/s,200/s, 32,64"'],
  [{ rate: '100/s', stages: '5/s:1s' }, 'are two rates for the same time'],
  [{ stages: '5/s:1s,6/s:1s', duration: '3s' }, 'both say how long the window is'],
  [{ rate: 'none,5/s' }, 'cannot be read at value 1: "none" is not a rate'],
  [{ out: 'a', resume: 'b' }, 'ask for a new run and for an old one at once'],
  [{ threshold: ['goodput>0.9*offered'] }, 'which the closed loop does not have'],
  [{ param: ['hold.ms=1'] }, 'is for workload hold, which is not measured'],
  [{ maxConnections: '1..2001' }, 'has more than 2000 values'],
  [
    { workers: '1..50', poolSize: '1..41' },
    '--workers × --pool-size "50 × 41" (from --workers, --pool-size) make 2050 cells, more than 2000',
  ],
  [
    { poolSize: '1..100', rounds: '100', duration: '1h' },
    '--rounds "100" × 100 cells take up to 10020 h, more than 168 h',
  ],
])('%j: %s', (flags, text) => {
  expect(refusalOf(flags).message).toContain(text);
});

test('the largest sweeps that are allowed are allowed', () => {
  expect(countCells(sweep({ workers: '1..50', poolSize: '1..40' }).plan.axes)).toBe(2_000);
  expect(refusalOf({ workers: '1..29', poolSize: '1..69' }).message).toContain('make 2001 cells');
  const week = { warmup: '0', drain: '0', duration: '1h', poolSize: '1..2', rounds: '84' };
  expect(sweep(week).plan.rounds).toBe(84);
  expect(refusalOf({ ...week, rounds: '85' }).message).toContain('take up to 170 h');
});

test.each<[RawFlags, RawEnv, readonly string[]]>([
  [{ poolKind: 'queue,null', poolSize: '1,2', prePing: true }, {}, []],
  [
    { poolKind: 'null', poolSize: '1,2' },
    {},
    ['--pool-size changes nothing with --pool-kind null'],
  ],
  [
    { poolKind: 'plain,null', prePing: true, poolSize: '1' },
    {},
    ['--pre-ping changes nothing with --pool-kind plain,null'],
  ],
  [
    { poolSize: 'unlimited,4', maxOverflow: '0,5' },
    {},
    ['--pool-size unlimited is the same at every --max-overflow, and is measured at each'],
  ],
  [{ poolSize: 'unlimited,4' }, {}, []],
  [
    {},
    { POOL_LAB_LISTEN: '::1', POOL_LAB_ROUND: '2' },
    [
      'POOL_LAB_LISTEN is not a setting of this command and changes nothing',
      'POOL_LAB_ROUND is not a setting of this command and changes nothing; did you mean POOL_LAB_ROUNDS?',
    ],
  ],
])('%j and %j are warned of by %j', (flags, env, warnings) => {
  expect(sweep(flags, env).warnings).toEqual(warnings);
});

test('every setting of a file reaches the plan as its flag does', () => {
  const text = [
    'pool-size: 1..4',
    'pre-ping: yes',
    'request-timeout: 2s',
    'param: { ms: 20 }',
    'workload: hold',
    'pg-setting: { work_mem: 4MB }',
    'gate:',
    '  rounds-spread: 0.3',
    '  dispatch-lag-ms-p99: 6/30',
    'threshold:',
    '  - latency.p99<50ms',
    '  - "lost==0"',
  ].join('\n');
  const flags = {
    poolSize: '1..4',
    prePing: true,
    requestTimeout: '2s',
    param: ['ms=20'],
    workload: 'hold',
    pgSetting: ['work_mem=4MB'],
    gate: ['rounds-spread=0.3', 'dispatch-lag-ms-p99=6/30'],
    threshold: ['latency.p99<50ms', 'lost==0'],
  };
  const { plan } = sweep({}, {}, text);
  expect(plan).toEqual(sweep(flags).plan);
  expect(plan.base.gates).toEqual({
    ...GATE_DEFAULTS,
    roundsSpread: 0.3,
    dispatchLagMsP99: { degraded: 6, invalid: 30 },
  });
});

test('the plan cannot be changed', () => {
  const { plan } = parseSweepPlan({ flags: {}, env: {}, file: null });
  expect(() => Object.assign(plan.axes, { workers: [9] })).toThrow(TypeError);
  expect(() => plan.axes.workers.push(9)).toThrow(TypeError);
});
