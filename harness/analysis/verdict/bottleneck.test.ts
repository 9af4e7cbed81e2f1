import { expect, test } from 'vitest';
import type { Parts } from '../trial-result.ts';
import { type BottleneckFacts, type Composed, findBottleneck } from './bottleneck.ts';
import type { BottleneckKind } from './bottleneck-kinds.ts';

const NOTHING: Parts = { lag: 0, wait: 0, connect: 0, db: 0, loop: 0, rest: 0 };

const composed = (at: string, parts: Partial<Parts>): Composed => {
  const partsMs = { ...NOTHING, ...parts };
  return { at, partsMs, latencyMs: Object.values(partsMs).reduce((sum, ms) => sum + ms, 0) };
};

const worker = (
  eventLoopUtilization: number,
  saturatedShare = 0,
  meanWaiting = 0,
  cores = eventLoopUtilization,
) => ({
  cores,
  eventLoopUtilization,
  saturatedShare,
  meanWaiting,
});

/** 2 workers with 4 connections each on 2 cores, with room everywhere. */
const IDLE: BottleneckFacts = {
  generatorFailure: null,
  stalledWorkers: null,
  refusals: 0,
  poolerRefusals: 0,
  attempts: 10_000,
  retries: false,
  afar: false,
  pooled: false,
  poolTimeouts: 0,
  slow: composed('at p99', { wait: 1, db: 10, loop: 1, rest: 3 }),
  mean: composed('on average over the run', { db: 8, loop: 0.3, rest: 2 }),
  workers: [worker(0.3), worker(0.35)],
  pool: { connections: 4, meanHeld: 3.2, openedPerSecond: 0, answersPerSecond: 500 },
  postgres: {
    activeMean: 3,
    waitEventShares: { 'Timeout/PgSleep': 0.9, CPU: 0.1 },
    cores: 0.3,
    isHere: true,
  },
  pooler: null,
  service: null,
  machine: { cores: 2, apiCores: 0.6, generatorCores: 0.3, cpuPressureShare: 0.1 },
};

const SATURATED: Partial<BottleneckFacts> = {
  slow: composed('at p99', { wait: 180, connect: 9, db: 20, rest: 3 }),
  mean: composed('on average over the run', { wait: 60, connect: 1, db: 18, loop: 1, rest: 2 }),
  workers: [worker(0.3, 0.97, 6), worker(0.35, 0.98, 6)],
  pool: { connections: 4, meanHeld: 7.9, openedPerSecond: 0, answersPerSecond: 500 },
};

const POOLER: NonNullable<BottleneckFacts['pooler']> = {
  mode: 'transaction',
  servers: 4,
  busyMean: 3.9,
  waitingMean: 12,
  waitMs: 24,
  cores: 0.2,
};
/** Most of the time passes before a connection to PostgreSQL is to be had, which shows as time in it. */
const POOLED: Partial<BottleneckFacts> = {
  pooled: true,
  pooler: POOLER,
  slow: composed('at p99', { db: 60, loop: 1, rest: 3 }),
  mean: composed('on average over the run', { db: 34, loop: 0.3, rest: 2 }),
};

const active = (
  activeMean: number,
  waitEventShares: Readonly<Record<string, number>>,
  cores: number | null = 0.3,
) => ({ ...IDLE.postgres, activeMean, waitEventShares, cores });

const SITUATIONS: readonly (readonly [
  situation: string,
  Partial<BottleneckFacts>,
  BottleneckKind,
  evidence: RegExp,
])[] = [
  ['nothing is at its limit', {}, 'none', /2 pools of 4 busy 40 % .* event loops at most 35 %/],
  [
    'a pooler that takes no more clients, though PostgreSQL has room',
    { poolerRefusals: 40, pooler: POOLER },
    'pooler',
    /PgBouncer refused 40 of 10000 requests, .* \(max_client_conn\)$/,
  ],
  [
    'what PostgreSQL itself refuses comes before',
    { poolerRefusals: 40, refusals: 2, pooler: POOLER },
    'exhaustion',
    /PostgreSQL refused 2 of 10000/,
  ],
  [
    'time in PostgreSQL that was spent waiting inside the pooler',
    POOLED,
    'pooler',
    /60 ms in PgBouncer and PostgreSQL.* 12\.0 clients on average waited inside PgBouncer, 24\.0 ms each time for one of its 4 connections; 3\.9 of them/,
  ],
  [
    'pools whose connections all wait inside the pooler are not the limit',
    { ...SATURATED, pooler: { ...POOLER, waitMs: 60 } },
    'pooler',
    /waited inside PgBouncer/,
  ],
  [
    'clients that keep their connection for a session',
    { ...POOLED, pooler: { ...POOLER, mode: 'session', waitMs: null } },
    'pooler',
    /for one of its 4 connections, which each client keeps until it leaves/,
  ],
  [
    'a pooler that has no CPU left, whoever waits in it',
    { ...POOLED, pooler: { ...POOLER, waitingMean: 0, waitMs: 0, cores: 0.96 } },
    'pooler',
    /one thread, which used 0\.96 of a core/,
  ],
  [
    'a pooler in which nobody waits',
    { pooler: { ...POOLER, busyMean: 1, waitingMean: 0.2, waitMs: 0.1 } },
    'none',
    /nothing is at its limit/,
  ],
  [
    'a pooler before a database that has no CPU left',
    { ...POOLED, postgres: { ...IDLE.postgres, cores: 1.2 } },
    'database',
    /PostgreSQL used 1\.20 of 2 cores/,
  ],
  [
    'the generator could not keep up, whatever else there was',
    { ...SATURATED, refusals: 3, generatorFailure: 'the generator was busy 95 % of the time' },
    'generator',
    /^the generator was busy 95 %/,
  ],
  [
    'connections are refused while pools starve',
    { ...SATURATED, refusals: 1_204 },
    'exhaustion',
    /refused 1204 of 10000 requests .*53300/,
  ],
  [
    'requests wait for connections while the database has room',
    { ...SATURATED, postgres: active(7.8, { 'Timeout/PgSleep': 1 }) },
    'pool',
    /^of 212 ms at p99: 180 ms waiting for a connection, 9 ms connecting, 20 ms in PostgreSQL, 3 ms rest; 2 pools of 4 busy 99 % of the time, 12\.0 requests waiting/,
  ],
  [
    'event loops look busy, for want of CPU that PostgreSQL has',
    {
      slow: composed('at p99', { connect: 158, db: 9, loop: 84, rest: 9 }),
      workers: [worker(0.97, 0, 0, 0.36), worker(0.95, 0, 0, 0.37)],
      pool: { connections: 15, meanHeld: 10, openedPerSecond: 400, answersPerSecond: 1_600 },
      postgres: active(3, { CPU: 0.76 }, 0.98),
      machine: { ...IDLE.machine, cores: 2, apiCores: 0.74, generatorCores: 0.11 },
    },
    'database',
    /PostgreSQL used 0\.98 of 2 cores, .* opened 400 connections a second, each a new process/,
  ],
  [
    'event loops look busy on a full machine, and are what fills it',
    {
      workers: [worker(0.97, 0, 0, 0.6), worker(0.95, 0, 0, 0.6)],
      postgres: active(3, { CPU: 0.76 }, 0.6),
      machine: { ...IDLE.machine, cores: 2, apiCores: 1.2, generatorCores: 0.2 },
    },
    'api_event_loop',
    /busy 97 %/,
  ],
  [
    'event loops look busy, for want of CPU that strangers have',
    {
      slow: composed('at p99', { wait: 1, db: 9, loop: 30, rest: 9 }),
      workers: [worker(0.29, 0, 0, 0.1), worker(0.28, 0, 0, 0.1)],
      postgres: active(0.3, { CPU: 0.76 }, 0.1),
      machine: { cores: 2, apiCores: 0.2, generatorCores: 0.1, cpuPressureShare: 0.87 },
    },
    'host',
    /had a CPU for 35 % of the time they wanted one; .* used 0\.40 of 2 cores, .* 87 % of the time/,
  ],
  [
    'event loops are late on a calm machine: their own doing',
    {
      slow: composed('at p99', { wait: 1, db: 9, loop: 30, rest: 9 }),
      workers: [worker(0.29, 0, 0, 0.1), worker(0.28, 0, 0, 0.1)],
    },
    'api_event_loop',
    /the event loop is late/,
  ],
  ['the pool gives up', { poolTimeouts: 17 }, 'pool', /17 gave up/],
  [
    'waits are chance, but they are what the p99 is made of',
    { slow: composed('at p99', { wait: 30, db: 10, rest: 3 }) },
    'pool',
    /30 ms waiting for a connection/,
  ],
  [
    'connections are held while the code is elsewhere',
    { ...SATURATED, postgres: active(0.4, { CPU: 1 }) },
    'pool',
    /20 ms holding it/,
  ],
  [
    'every request opens a connection of its own',
    {
      slow: composed('at p99', { connect: 30, db: 10, rest: 3 }),
      pool: { connections: null, meanHeld: 2, openedPerSecond: 0, answersPerSecond: 500 },
    },
    'pool',
    /opened anew/,
  ],
  [
    'everybody waits for one row',
    { ...SATURATED, postgres: active(7.9, { 'Lock/transactionid': 0.8, 'IO/WalSync': 0.1 }) },
    'database',
    /90 % of the active backends wait inside PostgreSQL, most of it Lock\/transactionid \(80 %\)/,
  ],
  [
    'everybody waits for one row, and nobody for a connection',
    { postgres: active(6, { 'Lock/tuple': 0.9 }) },
    'database',
    /Lock\/tuple/,
  ],
  [
    'the disk is slow and the pool full',
    { ...SATURATED, postgres: active(7.9, { 'IO/DataFileRead': 0.7, CPU: 0.3 }) },
    'database',
    /IO\/DataFileRead/,
  ],
  [
    "PostgreSQL takes all the machine's processors",
    {
      ...SATURATED,
      postgres: active(7, { CPU: 1 }, 1.5),
      machine: { ...IDLE.machine, cores: 2, apiCores: 0.3, generatorCores: 0.1 },
    },
    'database',
    /1\.50 of 2 cores/,
  ],
  [
    'more backends want to run than there are processors',
    { ...SATURATED, postgres: active(6, { CPU: 0.9 }, null) },
    'database',
    /5\.4 backends want to run at a time, on 2 cores/,
  ],
  [
    'as many want to run, on a database whose processors nobody knows',
    {
      ...SATURATED,
      postgres: { ...active(6, { CPU: 0.9 }, null), isHere: false },
    },
    'pool',
    /waiting on average/,
  ],
  [
    'the loop is busy, and looks like a pool that is too small',
    { ...SATURATED, workers: [worker(0.95, 0.97, 6), worker(0.6, 0.98, 6)] },
    'api_event_loop',
    /busiest worker's event loop was busy 95 %/,
  ],
  [
    'the loop lengthens the holds of a full pool',
    {
      ...SATURATED,
      mean: composed('on average over the run', { wait: 60, db: 4, loop: 9, rest: 2 }),
      workers: [worker(0.8, 0.97, 6), worker(0.8, 0.98, 6)],
    },
    'api_event_loop',
    /held longer for the event loop than for PostgreSQL/,
  ],
  [
    'connections are opened for a burst, no hold is in the way, and the loop is a little late',
    {
      slow: composed('at p99', { lag: 29, connect: 154, db: 10, loop: 67, rest: 20 }),
      mean: composed('on average over the run', { connect: 6, db: 2, loop: 8, rest: 3 }),
    },
    'pool',
    /connections are opened anew/,
  ],
  [
    'a worker stood still, and could not stamp what came meanwhile',
    {
      slow: composed('at p99', { wait: 7, db: 2, loop: 8, rest: 1_952 }),
      stalledWorkers: 'worker 1',
    },
    'api_event_loop',
    /1952 ms rest; worker 1 stood still/,
  ],
  [
    'a worker stood still, and the slow latency is of something else',
    { stalledWorkers: 'worker 1' },
    'none',
    /nothing is at its limit/,
  ],
  [
    'the slow ones are late in the loop, and nobody waits',
    { slow: composed('at p99', { db: 5, loop: 40, rest: 3 }) },
    'api_event_loop',
    /40 ms late in the API's event loop/,
  ],
  [
    'the loop is late for a moment, and holds are long for the database',
    {
      ...SATURATED,
      slow: composed('at p99', { wait: 50, db: 12, loop: 13, rest: 1 }),
    },
    'pool',
    /50 ms waiting/,
  ],
  [
    'a few locks do not make a database slow',
    { ...SATURATED, postgres: active(7.8, { 'Lock/tuple': 0.2, 'Timeout/PgSleep': 0.8 }) },
    'pool',
    /waiting on average/,
  ],
  [
    'a few statements wait for locks, and connections are held for something else',
    { ...SATURATED, postgres: active(0.3, { 'Lock/tuple': 0.9 }) },
    'pool',
    /waiting on average/,
  ],
  [
    'the machine is busy with the API',
    {
      ...SATURATED,
      postgres: active(2, { CPU: 0.5 }, 0.5),
      machine: { ...IDLE.machine, cores: 2, apiCores: 1.3, generatorCores: 0.2 },
    },
    'pool',
    /waiting on average/,
  ],
  [
    'locks are waited for, but that is little of what takes long',
    {
      slow: composed('at p99', { db: 5, rest: 20 }),
      postgres: active(2, { 'Lock/tuple': 0.9 }),
    },
    'none',
    /nothing is at its limit/,
  ],
  [
    'the loop takes longer than the database, and neither takes long',
    { mean: composed('on average over the run', { db: 1, loop: 2, rest: 3 }) },
    'none',
    /nothing is at its limit/,
  ],
  [
    'clients retry, what was before the last try is theirs and not the generator’s',
    { retries: true, poolTimeouts: 17, slow: composed('at p99', { lag: 500, wait: 30 }) },
    'pool',
    /^of 530 ms at p99: 500 ms before its last try, 30 ms waiting for a connection/,
  ],
  ['nothing was answered right', { slow: null, mean: null }, 'none', /^nothing is at its limit/],
];

test.each(SITUATIONS)('where %s', (_, facts, kind, evidence) => {
  const found = findBottleneck({ ...IDLE, ...facts });
  expect(found.kind).toBe(kind);
  expect(found.evidence).toMatch(evidence);
});

test('a withheld percentile leaves the average to speak', () => {
  const { evidence } = findBottleneck({ ...IDLE, ...SATURATED, slow: null });
  expect(evidence).toMatch(/^of 82 ms on average over the run: 60 ms waiting for a connection/);
});
