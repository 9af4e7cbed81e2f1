import { expect, test } from 'vitest';
import type { RawFlags } from './option-table.ts';
import { parseTrialPlan } from './parse-trial-plan.ts';
import { parseSweepPlan } from './sweep/parse-sweep-plan.ts';
import { refusal } from './test/parsed-plan.ts';

const COMMAND = 'node server.js --port {port}';
const sweepMessage = (flags: RawFlags): string => {
  try {
    parseSweepPlan({ flags, env: {}, file: null });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

test.each<[flags: RawFlags, problem: RegExp]>([
  [{ env: ['A=1', 'B'] }, /^--env "A B" is of a service of yours, and none was named/],
  [{ shell: true }, /^--shell "yes" is of/],
  [{ serviceDirectory: '/tmp' }, /^--service-directory "\/tmp" is of/],
  [{ readyPath: '/healthz' }, /^--ready-path "\/healthz" is of/],
  [{ readyTimeout: '5s' }, /^--ready-timeout "5s" is of/],
  [{ stopTimeout: '5s' }, /^--stop-timeout "5s" is of/],
  [{ request: ['/x'] }, /^--request "GET \/x" is of/],
  [{ serviceMetrics: '/m' }, /^--service-metrics "\/m" is of/],
  [{ command: COMMAND, env: ['API_KEY'] }, /^--env "API_KEY" hands on what is not set/],
  [{ command: COMMAND, param: ['ms=20'] }, /^--param "ms=20" is for no workload of the lab's own/],
  [{ command: COMMAND, env: ['T=hidden', 'P={poolsize}'] }, /^--env "P" has \{poolsize\}/],
  [{ command: COMMAND, poolKind: 'null' }, /--pool-kind.*a service has its own/],
  [{ command: 'cd app && node .' }, /--command.*needs a shell for &&/],
  [{ command: 'node $APP' }, /--command.*needs a shell for \$APP/],
  [{ command: `${COMMAND} {poolTotal}`, maxOverflow: '-1' }, /--max-overflow.*no number/],
  [{ command: COMMAND, env: ['MAX={poolTotal}'], poolSize: '0' }, /--pool-size.*no number/],
])('%j is refused', (flags, problem) => {
  expect(refusal(flags).message).toMatch(problem);
});

test('with a shell, what only a shell can do is its matter', () => {
  const flags = { command: 'cd app && node . {port}', shell: true };
  expect(parseTrialPlan({ flags, env: {} }).plan.service).toMatchObject(flags);
});

test('up keeps no service', () => {
  expect(() => parseTrialPlan({ flags: { command: COMMAND }, env: {}, command: 'up' })).toThrow(
    /--command.*is not for up/,
  );
});

test.each<[flag: string, flags: RawFlags]>([
  ['workers', { workers: '1,2' }],
  ['pool-size', { poolSize: '1,2,4' }],
  ['max-overflow', { maxOverflow: '0,5' }],
])('several values of --%s that reach the service by nothing are refused', (flag, flags) => {
  expect(sweepMessage({ command: COMMAND, ...flags })).toMatch(
    new RegExp(`--${flag} .* reaches the service by nothing`),
  );
});

test('values that are filled in are axes, in the command or in a variable', () => {
  const { plan } = parseSweepPlan({
    flags: {
      command: `${COMMAND} --workers {workers}`,
      env: ['MAX={poolTotal}'],
      workers: '1,2',
      poolSize: '2,4',
      maxOverflow: '0,5',
      rollout: '1',
    },
    env: {},
    file: null,
  });
  expect(plan.axes).toMatchObject({
    workers: [1, 2],
    poolSize: [2, 4],
    maxOverflow: [0, 5],
    workload: ['requests'],
  });
});

test.each<[what: string, flags: RawFlags, warned: RegExp | null]>([
  ['a workload', { workload: 'hold' }, /--workload changes nothing with --command/],
  ['how its pool works inside', { prePing: true }, /--pre-ping changes nothing with --command/],
  ['a deploy of more than it twice', { rollout: '3' }, /--rollout beyond 1 changes nothing/],
  ['ports of the API', { adminPort: '9464' }, /--admin-port changes nothing/],
  ['a pool timeout that nothing is told of', { poolTimeout: '2s' }, /--pool-timeout changes/],
  [
    'a pool timeout that is filled in',
    { poolTimeout: '2s', env: ['T={poolTimeoutSeconds}'] },
    null,
  ],
  ['the shape it has', { poolSize: '4', workers: '2' }, null],
])('%s is said to change nothing, or not', (_, flags, warned) => {
  const { warnings } = parseTrialPlan({ flags: { command: COMMAND, ...flags }, env: {} });
  if (warned === null) expect(warnings).toEqual([]);
  else expect(warnings).toEqual([expect.stringMatching(warned)]);
});
