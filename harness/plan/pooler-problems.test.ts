import { expect, test } from 'vitest';
import { parseTrialPlan } from './parse-trial-plan.ts';
import { parseSweepPlan } from './sweep/parse-sweep-plan.ts';

const POOLER = { pooler: 'pgbouncer' } as const;
const TARGET = {
  postgres: 'url',
  target: 'http://127.0.0.1:8080',
  targetAdmin: 'http://127.0.0.1:9464',
} as const;

const messageOf = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return 'no problem';
};

test.each([
  [{ statementTimeout: '5s' }, '--statement-timeout', 'which PgBouncer refuses'],
  [{ lockTimeout: '5s' }, '--lock-timeout', 'which PgBouncer refuses'],
  [{ idleInTransactionTimeout: '5s' }, '--idle-in-transaction-timeout', 'PgBouncer refuses'],
  [{ postgres: 'url', apiVia: 'pgbouncer:6432' }, '--pooler, --api-via', 'two poolers'],
] as const)('with a pooler, %j is refused in a run and in a sweep', (flags, field, problem) => {
  const given = { flags: { ...POOLER, ...flags }, env: {} };
  for (const parse of [
    () => parseTrialPlan(given),
    () => parseSweepPlan({ ...given, file: null }),
  ]) {
    expect(messageOf(parse)).toContain(field);
    expect(messageOf(parse)).toContain(problem);
  }
  const { pooler: _, ...without } = given.flags;
  expect(messageOf(() => parseTrialPlan({ flags: without, env: {} }))).toBe('no problem');
});

test('a refused timeout comes with the setting that does the same', () => {
  const parse = () => parseTrialPlan({ flags: { ...POOLER, lockTimeout: '1500ms' }, env: {} });
  expect(parse).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('--pg-setting lock_timeout=1500') }),
  );
});

test('a pooler comes too late for an API that runs already, and not for one that `up` starts', () => {
  const given = { flags: { ...POOLER, ...TARGET }, env: {} };
  expect(messageOf(() => parseTrialPlan(given))).toContain('connected already');
  expect(messageOf(() => parseTrialPlan({ ...given, command: 'up' }))).toBe('no problem');
});

test('every flag of a pooler reaches its field', () => {
  const flags = {
    ...POOLER,
    poolerMode: 'transaction',
    poolerSize: '7',
    poolerReserve: '2',
    poolerClients: '500',
  };
  expect(parseTrialPlan({ flags, env: {} }).plan.pooler).toEqual({
    mode: 'transaction',
    defaultPoolSize: 7,
    reservePoolSize: 2,
    maxClientConn: 500,
  });
});
