import { expect, test } from 'vitest';
import { type SeenAround, type ServiceFacts, serviceBottleneck } from './service-bottleneck.ts';

/** 2 workers on 8 cores, with room everywhere. */
const SERVICE: ServiceFacts = {
  workers: 2,
  cores: 0.9,
  seesDatabase: true,
  refusalsLogged: 0,
  waitingMean: null,
  usedMean: null,
  poolMax: null,
  sessions: null,
  inFlightMean: 20,
};
/** Of which every second one is busy. */
const SESSIONS = { peak: 8, busyMean: 4, ceiling: 8 };
const AROUND: SeenAround = {
  poolTimeouts: 0,
  attempts: 1_000,
  database: null,
  pooler: null,
  tellsDatabase: false,
  activeMean: 2.5,
  machine: { cores: 8, generatorCores: 0.3, cpuPressureShare: 0.1 },
  postgresCores: 0.4,
};
const HELD_UP = { because: 'all wait for a lock', bindsAlone: false };

test.each<
  [what: string, Partial<ServiceFacts>, Partial<SeenAround>, kind: string, because: RegExp]
>([
  [
    'nothing',
    {},
    {},
    'unseen',
    /^nothing that shows .* used 0\.90 cores, .* 2\.5 statements .*, 20\.0 requests were with it/,
  ],
  ['not even its processors', { cores: null }, {}, 'unseen', /limit: PostgreSQL ran/],
  [
    'nor its database',
    { cores: null },
    { activeMean: null },
    'unseen',
    /limit: 20\.0 requests were with it/,
  ],
  [
    'no queue, as its metrics say',
    { waitingMean: 0.1, sessions: { ...SESSIONS, busyMean: 7.9 } },
    {},
    'none',
    /used 0\.90 cores, no queue before its pools/,
  ],
  [
    'all its sessions busy and requests that have none',
    { sessions: { ...SESSIONS, busyMean: 7.3 } },
    {},
    'pool',
    /^its sessions stood at their ceiling, 7\.3 of 8 busy on average, while 20\.0 requests were with it/,
  ],
  [
    'all its sessions busy and no more requests than those',
    { sessions: { ...SESSIONS, busyMean: 7.6 }, inFlightMean: 8 },
    {},
    'unseen',
    /^its sessions stood at their ceiling of 8, 7\.6 of them busy on average, 8\.0 requests/,
  ],
  [
    'its sessions at their ceiling and not always busy',
    { sessions: { ...SESSIONS, busyMean: 6.2 } },
    {},
    'unseen',
    /^its sessions stood at their ceiling of 8, 6\.2 of them busy/,
  ],
  [
    'busy sessions and no ceiling that anybody told',
    { sessions: { ...SESSIONS, busyMean: 7.6, ceiling: null } },
    {},
    'unseen',
    /^it had 8 sessions at most, 7\.6 of them busy on average, 20\.0 requests were with it/,
  ],
  [
    'busy sessions before a database that is held up',
    { sessions: { ...SESSIONS, busyMean: 7.9 } },
    { database: HELD_UP },
    'database',
    /a lock/,
  ],
  [
    'processors that something else has',
    { cores: 0.2 },
    { machine: { cores: 2, generatorCores: 0.1, cpuPressureShare: 0.93 } },
    'host',
    /used 0\.70 of 2 cores, and some process waited for one 93 % of the time/,
  ],
  [
    'pool timeouts alone',
    { cores: null },
    { activeMean: null, poolTimeouts: 4 },
    'pool',
    /in time$/,
  ],
  ['refusals in the log', { refusalsLogged: 7 }, {}, 'exhaustion', /refused 7 connections .*log/],
  ['one refusal in the log', { refusalsLogged: 1 }, {}, 'exhaustion', /refused 1 connection .*log/],
  ['pool timeouts', {}, { poolTimeouts: 40 }, 'pool', /^40 of 1000 requests got no connection/],
  [
    'a queue that its metrics tell of',
    { waitingMean: 3, usedMean: 9.5, poolMax: 10 },
    {},
    'pool',
    /^3\.0 waited on average, .* its 10 connections busy 95 %/,
  ],
  ['a queue before a database', { waitingMean: 3 }, { database: HELD_UP }, 'database', /a lock/],
  ['a database that nobody queues for', {}, { database: HELD_UP }, 'unseen', /./],
  [
    'a database that most of the time is spent in',
    {},
    { database: HELD_UP, tellsDatabase: true },
    'database',
    /a lock/,
  ],
  ['a pooler', {}, { pooler: '9.0 clients waited', poolTimeouts: 4 }, 'pooler', /9\.0 clients/],
  ['a thread each', { cores: 1.9 }, {}, 'service', /^its 2 workers used 1\.90 cores/],
  ['more threads than workers', { cores: 2.6 }, {}, 'unseen', /./],
  [
    'a machine that it fills',
    { cores: 1.5 },
    { machine: { cores: 2, generatorCores: 0.2, cpuPressureShare: null }, postgresCores: 0.2 },
    'service',
    /1\.50 of 2 cores, .* none is left/,
  ],
  [
    'a machine that PostgreSQL fills',
    { cores: 0.6 },
    { machine: { cores: 2, generatorCores: 0.2, cpuPressureShare: null }, postgresCores: 1.2 },
    'unseen',
    /./,
  ],
  [
    'a pool that looks small since its threads are busy',
    { cores: 1.9 },
    { poolTimeouts: 4 },
    'service',
    /./,
  ],
])('of a service with %s', (_, service, around, kind, because) => {
  const found = serviceBottleneck({ ...SERVICE, ...service }, { ...AROUND, ...around });
  expect(found).toEqual({ kind, because: expect.stringMatching(because) });
});
