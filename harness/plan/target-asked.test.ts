import { expect, test } from 'vitest';
import { POOL_DEFAULTS, type ServerDescription } from '../../server/contract.ts';
import { parseTrialPlan } from './parse-trial-plan.ts';
import { contradictions, planOfTarget } from './target-asked.ts';

const TARGET = {
  postgres: 'url',
  target: 'http://127.0.0.1:8080',
  targetAdmin: 'http://127.0.0.1:9464',
} as const;

const parse = (flags: Readonly<Record<string, string | boolean>>) =>
  parseTrialPlan({ flags, env: {} });

const description: ServerDescription = {
  product: 'pool-lab',
  workers: 2,
  instrumentation: true,
  preparedStatements: true,
  seed: 1,
  pool: { ...POOL_DEFAULTS, poolSize: 7, maxWaiting: null },
};

test('the variables name a target as the flags do', () => {
  const env = {
    POOL_LAB_POSTGRES: 'url',
    POOL_LAB_TARGET: TARGET.target,
    POOL_LAB_TARGET_ADMIN: TARGET.targetAdmin,
    POOL_LAB_I_OWN_THIS_TARGET: 'api',
  };
  expect(parseTrialPlan({ flags: {}, env }).target).toEqual(
    parse({ ...TARGET, iOwnThisTarget: 'api' }).target,
  );
});

test.each([
  [{ postgres: 'url', targetAdmin: TARGET.targetAdmin }, 'is the admin port of nothing'],
  [{ ...TARGET, postgres: 'embedded' }, "which the lab's monitor must see"],
  [{ ...TARGET, postgres: 'docker' }, "which the lab's monitor must see"],
  [{ ...TARGET, apiVia: 'pgbouncer:6432' }, 'comes too late'],
  [{ ...TARGET, dbRtt: '20ms' }, 'comes too late'],
  [{ ...TARGET, dbFault: 'reset@1s' }, 'comes too late'],
  [{ ...TARGET, rollout: '1' }, 'is not for an API that the lab did not start'],
])('%j is refused: it %s', (flags, problem) => {
  expect(() => parse(flags)).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(problem),
    }),
  );
});

test.each([
  [{ targetAdmin: TARGET.targetAdmin }, '--target-admin'],
  [{ ...TARGET, targetAdmin: `${TARGET.targetAdmin}/metrics` }, '--target-admin'],
  [{ ...TARGET, target: 'localhost:8080' }, '--target'],
])('%j is one mistake, and told as one', (flags, field) => {
  try {
    parse(flags);
  } catch (error) {
    expect(error).toMatchObject({ message: expect.stringMatching(new RegExp(`^${field} "`)) });
    return;
  }
  throw new Error('not refused');
});

test('what the running API decides is taken from it', () => {
  const { plan } = parse(TARGET);
  expect(planOfTarget(plan, description)).toMatchObject({
    workers: 2,
    pool: { poolSize: 7 },
    preparedStatements: 'on',
  });
});

test('a setting of the API that is said to be what it is, is no contradiction', () => {
  const { plan, target } = parse({
    ...TARGET,
    workers: '2',
    maxWaiting: 'unlimited',
    preparedStatements: 'auto',
  });
  if (target?.kind !== 'api') throw new Error('no API');
  expect(contradictions({ plan, target }, description)).toEqual([]);
});

test.each([
  ['workers', '3', '--workers', '3', '2'],
  ['poolSize', '5', '--pool-size', '5', '7'],
  ['preparedStatements', 'off', '--prepared-statements', 'off', 'on'],
  ['maxWaiting', '9', '--max-waiting', '9', 'none'],
  ['prePing', true, '--pre-ping', 'true', 'false'],
] as const)(
  '%s %s contradicts it, and both values are named',
  (name, given, field, value, found) => {
    const { plan, target } = parse({ ...TARGET, [name]: given });
    if (target?.kind !== 'api') throw new Error('no API');
    expect(contradictions({ plan, target }, description)).toEqual([
      expect.objectContaining({
        field,
        value,
        problem: `is not what the API at ${TARGET.target} runs with: ${found}`,
      }),
    ]);
  },
);

test('up starts an API of its own, and says that a target changes nothing', () => {
  const { target, warnings } = parseTrialPlan({ flags: TARGET, env: {}, command: 'up' });
  expect(target).toBeNull();
  expect(warnings).toContain('--target changes nothing with up, which measures nothing');
});

test('where a running API listens was decided by it', () => {
  const flags = { port: '8080', adminPort: '9464', metricsPort: '9465', listen: '0.0.0.0' };
  expect(parse({ ...TARGET, ...flags }).warnings).toEqual([
    '--port changes nothing with --target',
    '--admin-port changes nothing with --target',
  ]);
  expect(parse(flags).warnings).toEqual([]);
  // Beside the API's, the address is that of the harness's metrics.
  expect(parse({ ...TARGET, listen: '0.0.0.0' }).warnings).toEqual([
    '--listen changes nothing with --target and without --metrics-port',
  ]);
});
