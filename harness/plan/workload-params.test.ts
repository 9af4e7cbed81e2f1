import { expect, test } from 'vitest';
import type { Workload } from '../../server/contract.ts';
import { refusal } from './test/parsed-plan.ts';
import { paramProblems, paramsOf } from './workload-params.ts';

const problems = (workloads: readonly Workload[], params: Readonly<Record<string, string>>) =>
  paramProblems({ workloads, params, source: '--param' }).map(
    ({ value, problem, remedy }) => `${value} ${problem}: ${remedy}`,
  );

test('a name alone goes to every workload that has it, hold.ms only to hold', () => {
  const given = { ms: '30', 'hold.ms': '20', rows: '8' };
  expect(paramsOf('hold', given)).toEqual({ ms: '20' });
  expect(paramsOf('remote-call', given)).toEqual({ ms: '30' });
  expect(paramsOf('hot', given)).toEqual({ rows: '8' });
  expect(paramsOf('point', given)).toEqual({});
  expect(paramsOf('hold', { 'hold.ms': '20', ms: '30' })).toEqual({ ms: '20' });
});

test.each<[Workload[], Record<string, string>, string]>([
  [
    ['hold'],
    { minutes: '1' },
    'minutes=1 names no parameter of workload hold: give ms, or leave it out',
  ],
  [
    ['hot', 'hold'],
    { row: '1' },
    'row=1 names no parameter of any of the workloads (did you mean rows?): give rows, updates, ms, or leave it out',
  ],
  [
    ['hot'],
    { 'hold.ms': '1' },
    'hold.ms=1 is for workload hold, which is not measured: leave it out, or name one of hot',
  ],
  [
    ['hot'],
    { 'hild.ms': '1' },
    'hild.ms=1 is for hild, which is no workload: leave it out, or name one of hot',
  ],
  [
    ['hold'],
    { ms: '60001' },
    'ms=60001 is above 60000: give a number from 0 to 60000: time the statement runs, in ms',
  ],
  [
    ['hot'],
    { rows: '1.5' },
    'rows=1.5 is not a whole number: give a whole number from 1 to 64: hot rows that all requests share',
  ],
  [
    ['hot'],
    { rows: '0x10' },
    'rows=0x10 is not a number in digits: give a whole number from 1 to 64: hot rows that all requests share',
  ],
  [
    ['hold', 'hot', 'stream'],
    { rows: '65' },
    'rows=65 is above 64 for workload hot: give a whole number from 1 to 64: hot rows that all requests share',
  ],
  [
    ['remote-call'],
    { tx: 'yes' },
    'tx=yes is neither true nor false: give true or false: whether a transaction stays open',
  ],
  [
    ['fan-out'],
    { mode: 'parallel' },
    'mode=parallel is not known: give one of concurrent, sequential, nested: nested holds each connection while it waits for the next',
  ],
  [
    ['point'],
    { ms: '20' },
    'ms=20 names no parameter of workload point: measure hold or remote-call, which ms belongs to, or leave it out',
  ],
  [
    ['point'],
    { toString: '1' },
    'toString=1 names no parameter of workload point: give key, or leave it out',
  ],
])('%j with %j: %s', (workloads, params, text) => {
  expect(problems(workloads, params)).toEqual([text]);
});

test('values on the bounds are taken', () => {
  expect(problems(['hold', 'remote-call'], { ms: '0', 'hold.ms': '60000', tx: 'true' })).toEqual(
    [],
  );
  expect(problems(['fan-out', 'mixed'], { n: '16', mode: 'nested', seed: '4294967295' })).toEqual(
    [],
  );
});

test('a trial with a parameter that its workload does not take is refused before anything starts', () => {
  const { message, hint } = refusal({ workload: 'hold', param: ['ms=1e9'] });
  expect(message).toBe('--param "ms=1e9" is not a number in digits');
  expect(hint).toBe('give a number from 0 to 60000: time the statement runs, in ms');
});
