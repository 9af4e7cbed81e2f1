import fc from 'fast-check';
import { expect, test } from 'vitest';
import { POOL_DEFAULTS } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { GATE_DEFAULTS } from './gates.ts';
import type { RawEnv, RawFlags } from './option-table.ts';
import { parseTrialPlan } from './parse-trial-plan.ts';
import { PLAN_OPTIONS, RUN_OPTIONS } from './run-options.ts';
import { SERVICE_OPTIONS } from './service-options.ts';
import type { ReadSqlFile } from './sql-asked.ts';
import { SQL_OPTIONS } from './sql-options.ts';
import { TARGET_OPTIONS } from './target-options.ts';
import { plan, refusal } from './test/parsed-plan.ts';
import { trialPlanSchema } from './trial-plan.ts';

test('without flags the plan is a FastAPI-like service on a default PostgreSQL', () => {
  expect(plan()).toEqual({
    workers: 4,
    pool: POOL_DEFAULTS,
    workload: 'point',
    workloadParams: {},
    load: {
      model: { kind: 'closed', connections: 64, thinkTimeMs: 0 },
      requestTimeoutMs: null,
      retry: null,
      goodputDeadlineMs: 1_000,
    },
    warmupMs: 2_000,
    durationMs: 10_000,
    drainMs: 5_000,
    rolloutSurge: 0,
    postgres: {
      maxConnections: 100,
      superuserReservedConnections: 3,
      reservedConnections: 0,
      transport: 'tcp',
      extra: {},
    },
    distance: { rttMs: 0, jitterMs: 0, bandwidthMbit: null },
    faults: [],
    pooler: null,
    preparedStatements: 'auto',
    service: null,
    requests: null,
    sql: null,
    gates: GATE_DEFAULTS,
    thresholds: [],
    abortOnFail: false,
    seed: 1,
  });
});

test('every flag reaches its field', () => {
  expect(
    parseTrialPlan({
      flags: {
        workers: '2',
        poolSize: '4',
        maxOverflow: '-1',
        poolTimeout: '500ms',
        maxWaiting: '7',
        recycle: '1h',
        prePing: true,
        resetOnReturn: true,
        poolOrder: 'lifo',
        poolKind: 'plain',
        statementTimeout: '2s',
        lockTimeout: '3s',
        idleInTransactionTimeout: '4s',
        workload: 'remote-call',
        param: ['ms=20', 'tx=true'],
        connections: '9',
        thinkTime: '5ms',
        requestTimeout: '6s',
        retries: '2',
        retryBackoff: '50ms',
        goodputDeadline: '250ms',
        warmup: '0',
        duration: '1.5s',
        drain: '1m',
        maxConnections: '30',
        superuserReserved: '2',
        reserved: '1',
        pgSetting: ['shared_buffers=256MB', 'work_mem=4MB'],
        dbRtt: '20ms',
        dbJitter: '0.5ms',
        dbBandwidth: '1gbit',
        dbTransport: 'tls',
        dbFault: ['stall@1.2s:0.1s', 'reset@0.5s'],
        preparedStatements: 'off',
        rollout: '1',
        gate: ['dispatch-lag-ms-p99=6/30', 'samples_beyond_p99_min=50'],
        threshold: [' latency.p99 < 50ms ', 'lost==0'],
        abortOnFail: true,
        rounds: '3',
        seed: '4294967295',
        port: '8080',
        adminPort: '8081',
        metricsPort: '8082',
        listen: '::1',
        allowedHost: ['API:9464', '[::1]:9464'],
        directory: '/srv/lab',
        json: true,
      },
      env: {},
    }),
  ).toEqual({
    plan: {
      workers: 2,
      pool: {
        kind: 'plain',
        poolSize: 4,
        maxOverflow: -1,
        poolTimeoutMs: 500,
        maxWaiting: 7,
        recycleMs: 3_600_000,
        prePing: true,
        resetOnReturn: true,
        order: 'lifo',
        statementTimeoutMs: 2_000,
        lockTimeoutMs: 3_000,
        idleInTransactionTimeoutMs: 4_000,
      },
      workload: 'remote-call',
      workloadParams: { ms: '20', tx: 'true' },
      load: {
        model: { kind: 'closed', connections: 9, thinkTimeMs: 5 },
        requestTimeoutMs: 6_000,
        retry: { retriesMax: 2, backoffMs: 50 },
        goodputDeadlineMs: 250,
      },
      warmupMs: 0,
      durationMs: 1_500,
      drainMs: 60_000,
      rolloutSurge: 1,
      postgres: {
        maxConnections: 30,
        superuserReservedConnections: 2,
        reservedConnections: 1,
        transport: 'tls',
        extra: { shared_buffers: '256MB', work_mem: '4MB' },
      },
      distance: { rttMs: 20, jitterMs: 0.5, bandwidthMbit: 1_000 },
      faults: [
        { kind: 'reset', atMs: 500, durationMs: 0 },
        { kind: 'stall', atMs: 1_200, durationMs: 100 },
      ],
      // Goes not together with the timeouts above.
      pooler: null,
      preparedStatements: 'off',
      service: null,
      requests: null,
      sql: null,
      gates: {
        ...GATE_DEFAULTS,
        dispatchLagMsP99: { degraded: 6, invalid: 30 },
        samplesBeyondP99Min: 50,
      },
      thresholds: ['latency.p99 < 50ms', 'lost==0'],
      abortOnFail: true,
      seed: 4_294_967_295,
    },
    ports: {
      port: 8_080,
      adminPort: 8_081,
      listen: '::1',
      allowedHosts: ['api:9464', '[::1]:9464'],
    },
    metricsPort: 8_082,
    database: { kind: 'embedded' },
    target: null,
    directory: '/srv/lab',
    rounds: 3,
    json: true,
    // A plain pool has no use for some of them; see below.
    warnings: expect.any(Array),
  });
});

const selectOne: ReadSqlFile = (path) => ({ ok: true, path, text: 'SELECT 1;', sha256: 'f00d' });

test('every setting of a plan can be given by its variable, with the same meaning as its flag', () => {
  for (const [name, option] of Object.entries(RUN_OPTIONS)) {
    // What must be said each time has no variable; a target is named by several at once.
    if (option.env === null || name in TARGET_OPTIONS) continue;
    const texts: Readonly<Record<string, string>> = {
      poolOrder: 'lifo',
      poolKind: 'null',
      workload: 'mixed',
      maxWaiting: '3',
      threshold: 'lost==0',
      param: 'key=7',
      pgSetting: 'work_mem=4MB',
      directory: '/srv',
      stages: '7/s:3s,0..7/s:4s',
      arrivals: 'constant',
      atCap: 'queue',
      gate: 'rounds-spread=0.7',
      dbRtt: '7ms',
      dbJitter: '7ms',
      dbBandwidth: '7mbit',
      dbTransport: 'tls',
      dbFault: 'reset@7s',
      pooler: 'pgbouncer',
      poolerMode: 'transaction',
      preparedStatements: 'off',
      postgres: 'url',
      postgresVersion: '17',
      postgresImage: 'postgres:16-alpine',
      allowRemoteDb: 'db.example.com',
      apiVia: 'pool.example.com:6432',
      listen: '0.0.0.0',
      allowedHost: 'api:9464',
      command: 'node server.js',
      env: 'DB_POOL_SIZE={poolSize}',
      serviceDirectory: '/srv/app',
      readyPath: '/healthz',
      serviceMetrics: 'none',
      request: '/items',
    };
    // What belongs to the open loop, to retries, to thresholds or to a database that runs already shows
    // only beside them.
    const beside: RawFlags = ['arrivals', 'maxInFlight', 'atCap', 'threads'].includes(name)
      ? { rate: '5' }
      : name === 'retryBackoff'
        ? { retries: '1' }
        : name === 'abortOnFail'
          ? { threshold: ['lost==0'] }
          : ['allowRemoteDb', 'apiVia'].includes(name)
            ? { postgres: 'url' }
            : ['dbJitter', 'dbBandwidth'].includes(name)
              ? { dbRtt: '9ms' }
              : ['poolerMode', 'poolerSize', 'poolerReserve', 'poolerClients'].includes(name)
                ? { pooler: 'pgbouncer' }
                : name in SERVICE_OPTIONS && name !== 'command'
                  ? { command: 'node server.js' }
                  : name in SQL_OPTIONS
                    ? { workload: 'orders.sql' }
                    : ['postgresVersion', 'postgresImage'].includes(name)
                      ? { postgres: 'docker' }
                      : {};
    const text =
      texts[name] ??
      (option.parser.placeholder === null
        ? 'yes'
        : option.parser.placeholder === 'time'
          ? '7s'
          : '7');
    const asFlag = option.repeatable ? [text] : text;
    const parse = (flags: RawFlags, env: RawEnv) =>
      parseTrialPlan({ flags: { ...beside, ...flags }, env, readSql: selectOne });
    const byFlag = parse({ [name]: asFlag }, {});
    expect(parse({}, { [option.env]: text }), option.flag).toEqual(byFlag);
    expect(byFlag, option.flag).not.toEqual(parse({}, {}));
  }
});

test('a flag wins over its variable', () => {
  expect(plan({ poolSize: '3' }, { POOL_LAB_POOL_SIZE: '9' }).pool.poolSize).toBe(3);
});

test('a switch that a variable turned on is turned off by its --no- flag', () => {
  expect(plan({ prePing: false }, { POOL_LAB_PRE_PING: 'yes' }).pool.prePing).toBe(false);
});

test('several assignments in one variable are separated by spaces', () => {
  const env = { POOL_LAB_PG_SETTING: ' work_mem=4MB  jit=off ' };
  expect(plan({}, env).postgres.extra).toEqual({ work_mem: '4MB', jit: 'off' });
});

test('words say what a number hides: unlimited, never', () => {
  const { pool } = plan({ poolSize: 'unlimited', maxOverflow: 'unlimited', recycle: 'never' });
  expect(pool).toMatchObject({ poolSize: 0, maxOverflow: -1, recycleMs: null });
  expect(PLAN_OPTIONS.poolSize.parser.print(0)).toBe('unlimited');
  expect(PLAN_OPTIONS.maxOverflow.parser.print(-1)).toBe('unlimited');
});

test('a setting may have any name of PostgreSQL, those of JavaScript among them', () => {
  expect(plan({ pgSetting: ['constructor=1'] }).postgres.extra).toEqual({ constructor: '1' });
});

test('the plan cannot be changed by whoever receives it', () => {
  const frozen = plan();
  expect(Object.isFrozen(frozen) && Object.isFrozen(frozen.pool)).toBe(true);
});

// Each: what was typed, and what the message must say: the field, the value, the reason.
test.each<[RawFlags, string]>([
  [{ poolSize: '-1' }, '--pool-size "-1" is below 0'],
  [{ poolSize: '2.5' }, '--pool-size "2.5" is not a whole number in digits'],
  [{ dbRtt: '20' }, '--db-rtt "20" has no unit (20s for seconds, 20ms for milliseconds?)'],
  [{ dbRtt: '401ms' }, '--db-rtt "401ms" is above 400ms'],
  [
    { duration: '5s', dbFault: ['reset@4999ms', 'stall@5s:1s'] },
    '--db-fault "stall@5s:1s" comes when the measured window of 5s is over',
  ],
  [
    { dbRtt: '20ms', dbJitter: '20.1ms' },
    '--db-jitter "20.1ms" is more than the round trip of 20ms that it is taken from',
  ],
  [{ dbBandwidth: '10' }, '--db-bandwidth "10" has no unit (10mbit?)'],
  [{ dbBandwidth: '999kbit' }, '--db-bandwidth "999kbit" is below 1mbit'],
  [{ poolSize: 'x' }, '--pool-size "x" is not a whole number in digits'],
  [{ poolSize: 'NaN' }, '--pool-size "NaN" is not a whole number in digits'],
  [{ poolSize: '1e9' }, '--pool-size "1e9" is not a whole number in digits'],
  [{ poolSize: '1000000000' }, '--pool-size "1000000000" is above 1000'],
  [{ poolSize: '0x10' }, '--pool-size "0x10" is not a whole number in digits'],
  [{ poolSize: '' }, '--pool-size "" is empty'],
  [{ poolSize: '   ' }, '--pool-size "   " is empty'],
  [{ poolSize: 'Infinity' }, '--pool-size "Infinity" is not a whole number in digits'],
  [{ maxOverflow: '-2' }, '--max-overflow "-2" is below -1'],
  [{ maxOverflow: 'NaN' }, '--max-overflow "NaN" is not a whole number in digits'],
  [{ poolSize: '600', maxOverflow: '600' }, '--pool-size + --max-overflow "600 + 600"'],
  [{ workers: '0' }, '--workers "0" is below 1'],
  [{ workers: '65' }, '--workers "65" is above 64'],
  [{ workers: '99999999999999999999' }, '--workers "99999999999999999999" is above 64'],
  [{ connections: '0' }, '--connections "0" is below 1'],
  [{ connections: '10001' }, '--connections "10001" is above 10000'],
  [{ duration: '0' }, '--duration "0" is below 1ms'],
  [{ duration: '0s' }, '--duration "0s" is below 1ms'],
  [{ duration: '10' }, '--duration "10" has no unit (10s for seconds, 10ms for milliseconds?)'],
  [{ duration: '-5s' }, '--duration "-5s" is not a time'],
  [{ duration: '61m' }, '--duration "61m" is above 1h'],
  [{ duration: '0.5ms' }, '--duration "0.5ms" is finer than a millisecond'],
  [{ duration: '2 days' }, '--duration "2 days" is not a time'],
  [{ warmup: 'soon' }, '--warmup "soon" is not a time'],
  [{ maxWaiting: '-1' }, '--max-waiting "-1" is below 0'],
  [{ workload: 'pont' }, '--workload "pont" is not known (did you mean point?)'],
  [{ workload: 'zzz' }, '--workload "zzz" is not known'],
  [{ poolKind: 'queu' }, '--pool-kind "queu" is not known (did you mean queue?)'],
  [{ maxConnections: '0' }, '--max-connections "0" is below 1'],
  [{ maxConnections: '3' }, '--max-connections "3" is all reserved'],
  [{ superuserReserved: '60', reserved: '40' }, '--max-connections "100" (from default) is all'],
  [{ maxConnections: '4' }, 'leaves no connection for the API: 3 reserved, 1 this lab'],
  [{ maxConnections: '1', superuserReserved: '0' }, 'leaves no connection for the API'],
  [{ param: ['ms'] }, '--param "ms" is not name=value'],
  [{ param: ['=5'] }, '--param "=5" is not name=value'],
  [{ pgSetting: ['max_connections=9'] }, 'has a flag of its own'],
  [{ pgSetting: ['PORT=9'] }, 'is chosen by the lab'],
  [{ seed: '-1' }, '--seed "-1" is below 0'],
  [{ seed: '4294967296' }, '--seed "4294967296" is above 4294967295'],
  [{ rollout: '65' }, '--rollout "65" is above 64'],
  [{ port: '65536' }, '--port "65536" is above 65535'],
  [{ port: '8080', adminPort: '8080' }, '--port, --admin-port "8080, 8080"'],
  [{ port: '8080', metricsPort: '8080' }, '--port, --metrics-port "8080, 8080"'],
  [{ adminPort: '8080', metricsPort: '8080' }, '--admin-port, --metrics-port "8080, 8080"'],
  [{ metricsPort: 'any' }, '--metrics-port "any" is not a whole number in digits'],
  [{ directory: 'lab' }, '--directory "lab" is not an absolute path'],
])('%j is refused: %s', (flags, says) => {
  const error = refusal(flags);
  expect(error.message).toContain(says);
  expect(error.hint).not.toBe('');
  expect(error.exitCode).toBe(2);
});

test('an unknown workload is answered with the known ones', () => {
  expect(refusal({ workload: 'zzz' }).hint).toBe(
    'give one of point, hot, report, hold, remote-call, stream, fan-out, mixed, or files of SQL: orders.sql, orders.sql@3+list.sql@1',
  );
});

test('all problems come together, each with its value, its origin and its remedy', () => {
  const error = refusal({ poolSize: '2.5', duration: '10' }, { POOL_LAB_WORKERS: '0' });
  expect(error.message.split('\n')).toEqual([
    '3 settings cannot be used',
    '  --workers "0" (from POOL_LAB_WORKERS) is below 1: give a whole number from 1 to 64',
    '  --pool-size "2.5" is not a whole number in digits: give a whole number from 0 to 1000 (0: unlimited)',
    '  --duration "10" has no unit (10s for seconds, 10ms for milliseconds?): give a time from 1ms to 1h with its unit: 500ms, 2s, 1m',
  ]);
});

test('an empty variable is a problem, not an unset one', () => {
  expect(refusal({}, { POOL_LAB_WORKERS: '' }).message).toBe(
    '--workers "" (from POOL_LAB_WORKERS) is empty',
  );
});

test('a variable that no setting reads is warned of, with a suggestion', () => {
  const env = { POOL_LAB_POOLSIZE: '3', POOL_LAB_FRONTEND: 'x', PATH: '/bin' };
  expect(parseTrialPlan({ flags: {}, env }).warnings).toEqual([
    'POOL_LAB_FRONTEND is not a setting of this command and changes nothing',
    'POOL_LAB_POOLSIZE is not a setting of this command and changes nothing; did you mean POOL_LAB_POOL_SIZE?',
  ]);
});

test('whatever is typed, the result is a valid plan or an error that says what to do', () => {
  const text = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.constantFrom('', '0', '-0', '1', '5s', '-1', 'unlimited', 'never', 'none', 'point', '1e3'),
    fc.constantFrom('5/s', '5/s:1s', '1..9/min:2s,0:1s', 'rounds-spread=1', 'dropped-share=0/1'),
  );
  const flags = fc.dictionary(fc.constantFrom(...Object.keys(RUN_OPTIONS)), text);
  fc.assert(
    fc.property(flags, (given) => {
      let parsed: unknown;
      try {
        parsed = plan(given);
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        return error.exitCode === 2 && error.message !== '' && error.hint !== '';
      }
      return trialPlanSchema.safeParse(parsed).success;
    }),
    { numRuns: 2_000 },
  );
});

test('a variable of the command beside the trial’s is not unknown', () => {
  const load = { ...PLAN_OPTIONS.prePing, flag: 'load', env: 'POOL_LAB_LOAD' };
  const given = { flags: {}, env: { POOL_LAB_LOAD: 'yes' } };
  expect(parseTrialPlan({ ...given, further: { load } }).warnings).toEqual([]);
  expect(parseTrialPlan(given).warnings).toHaveLength(1);
});

test.each([
  ['queue', []],
  ['plain', ['--max-waiting changes nothing with --pool-kind plain']],
  [
    'null',
    [
      'POOL_LAB_POOL_SIZE changes nothing with --pool-kind null',
      '--max-waiting changes nothing with --pool-kind null',
    ],
  ],
])('what a %s pool has no use for is said, and only what was given', (poolKind, warnings) => {
  const given = { flags: { poolKind, maxWaiting: '3' }, env: { POOL_LAB_POOL_SIZE: '4' } };
  expect(parseTrialPlan(given).warnings).toEqual(warnings);
});

test.each([
  ['max_connections=9', 'use --max-connections'],
  ['port=1', 'leave it out'],
  ['work_mem', 'give name=value'],
])('the remedy for --pg-setting %s is: %s', (pgSetting, remedy) => {
  expect(() => parseTrialPlan({ flags: { pgSetting: [pgSetting] }, env: {} })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(remedy) }),
  );
});

test.each([
  [{ param: ['ms=1', 'ms=2'] }, '--param "ms=1 ms=2" gives ms twice, as 1 and as 2'],
  [
    { gate: ['interval-half-width=0.1', 'interval-half-width=0.3'] },
    '--gate "interval-half-width=0.1 interval-half-width=0.3" gives interval-half-width twice, as 0.1 and as 0.3',
  ],
])('a name with two values is refused: %j', (flags, message) => {
  const hint = 'give it once';
  expect(() => parseTrialPlan({ flags, env: {} })).toThrow(
    expect.objectContaining({ message, hint }),
  );
});
