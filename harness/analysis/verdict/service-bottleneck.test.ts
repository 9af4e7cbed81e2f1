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
};
const AROUND: SeenAround = {
  poolTimeouts: 0,
  attempts: 1_000,
  database: null,
  pooler: null,
  tellsDatabase: false,
  activeMean: 2.5,
  machine: { cores: 8, generatorCores: 0.3 },
  postgresCores: 0.4,
};
const HELD_UP = { because: 'all wait for a lock', bindsAlone: false };

test.each<
  [what: string, Partial<ServiceFacts>, Partial<SeenAround>, kind: string, because: RegExp]
>([
  ['nothing', {}, {}, 'none', /^nothing that shows .* used 0\.90 cores, .* 2\.5 statements/],
  ['not even its processors', { cores: null }, {}, 'unseen', /limit: PostgreSQL ran/],
  ['nor its database', { cores: null }, { activeMean: null }, 'unseen', /at its limit$/],
  [
    'pool timeouts alone',
    { cores: null },
    { activeMean: null, poolTimeouts: 4 },
    'pool',
    /in time$/,
  ],
  ['refusals in the log', { refusalsLogged: 7 }, {}, 'exhaustion', /refused 7 connections .*log/],
  ['pool timeouts', {}, { poolTimeouts: 40 }, 'pool', /^40 of 1000 requests got no connection/],
  [
    'a queue that its metrics tell of',
    { waitingMean: 3, usedMean: 9.5, poolMax: 10 },
    {},
    'pool',
    /^3\.0 waited on average, .* its 10 connections busy 95 %/,
  ],
  ['a queue before a database', { waitingMean: 3 }, { database: HELD_UP }, 'database', /a lock/],
  ['a database that nobody queues for', {}, { database: HELD_UP }, 'none', /./],
  [
    'a database that most of the time is spent in',
    {},
    { database: HELD_UP, tellsDatabase: true },
    'database',
    /a lock/,
  ],
  ['a pooler', {}, { pooler: '9.0 clients waited', poolTimeouts: 4 }, 'pooler', /9\.0 clients/],
  ['a thread each', { cores: 1.9 }, {}, 'service', /^its 2 workers used 1\.90 cores/],
  ['more threads than workers', { cores: 2.6 }, {}, 'none', /./],
  [
    'a machine that it fills',
    { cores: 1.5 },
    { machine: { cores: 2, generatorCores: 0.2 }, postgresCores: 0.2 },
    'service',
    /1\.50 of 2 cores, .* none is left/,
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
