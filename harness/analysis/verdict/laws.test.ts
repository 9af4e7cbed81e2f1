import { expect, test } from 'vitest';
import type { WorkerStats } from '../../../server/contract.ts';
import type { LoadResult, LoadSecond } from '../../load/load-engine.ts';
import { summarizeTrial } from '../summarize.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import {
  both,
  type Change,
  withAfter,
  withAttempts,
  withLedger,
  withLoad,
  withSeconds,
} from '../test/observation-changes.ts';
import {
  POOLER,
  POOLER_READING,
  soundObservations,
  soundOpenObservations,
  worker,
} from '../test/observations.ts';
import { serviceObservations } from '../test/service-observations.ts';
import { DIRECT_API } from '../trial-machine.ts';
import type { WatchedObservations } from '../trial-observations.ts';
import type { Law } from '../trial-result.ts';

/** The fixture's law, which holds in each of them. */
function broken(observations: WatchedObservations): readonly Law[] {
  return summarizeTrial(observations, decodeFake).laws.filter(({ holds }) => !holds);
}

const secondWorker = worker(2, 6_000);
const leakingPool = { ...secondWorker, pool: { ...secondWorker.pool, acquireStarted: 6_002 } };

test.each<[law: string, broken: string, Change]>([
  ['ledger', 'a request is nowhere', withLedger({ scheduled: 12_001 })],
  ['attempts', 'an attempt is nowhere', withAttempts({ started: 12_001 })],
  ['attempts', 'a right answer that no user got', withAttempts({ started: 12_001, ok: 11_521 })],
  [
    'attempts',
    'more attempts than requests although nobody retries',
    withAttempts({ started: 12_001, httpErrors: { pool_timeout: 481 } }),
  ],
  [
    'sum over workers',
    'an answer of no worker',
    withLoad(() => ({ answersByWorker: { '1': 11_999 } })),
  ],
  [
    'sum over seconds',
    'a second is missing',
    withLoad(({ seconds }) => ({ seconds: seconds.slice(1) })),
  ],
  [
    'sum over seconds',
    'a dropped one in the seconds only',
    withLoad(({ seconds }) => ({
      seconds: seconds.map((it) => (it.second === 3 ? { ...it, dropped: 1 } : it)),
    })),
  ],
  [
    'sum over seconds',
    'a right answer was counted as a failure',
    withLoad(({ seconds }) => ({
      seconds: seconds.map((it) =>
        it.second === 3 ? { ...it, outcomes: { ...it.outcomes, ok: 959, error: 41 } } : it,
      ),
    })),
  ],
  ['sum over seconds', 'goodput differs', withLoad(({ good }) => ({ good: good + 1 }))],
  [
    'answers on both sides',
    'the server finished 25 more',
    withAfter([worker(1, 6_000), worker(2, 6_025)]),
  ],
  [
    'errors on both sides',
    'clients saw another class',
    both(
      withLedger({ httpErrors: { deadlock: 480 } }),
      withAttempts({ httpErrors: { deadlock: 480 } }),
    ),
  ],
  [
    'pool account of worker 2',
    'a checkout without an end',
    withAfter([worker(1, 6_000), leakingPool]),
  ],
  ["Little's law", 'residence is 6 % short', withLoad(() => ({ residenceSeconds: 180 }))],
  [
    'callers',
    'half of the callers are dead',
    withLoad(() => ({ inFlightSeconds: 96, residenceSeconds: 96 })),
  ],
  [
    'callers',
    'more in flight than there are callers',
    withLoad(() => ({ inFlightSeconds: 193, residenceSeconds: 193 })),
  ],
  ['nothing left behind', 'two connections stayed', (sound) => ({ ...sound, leftBehind: 2 })],
  [
    'one database',
    'the database that is watched is not the one that the driven API uses',
    (sound) => ({
      ...sound,
      api: { ...DIRECT_API, target: 'http://127.0.0.1:8080' },
      server: { ...sound.server, peakWorkers: 0 },
    }),
  ],
  [
    "the pooler's connections",
    'it had one more than it was told to have',
    (sound) => ({
      ...sound,
      plan: { ...sound.plan, pooler: POOLER },
      pooler: { ...POOLER_READING, serversPeak: 21 },
    }),
  ],
  ['load engine', 'the engine says so', withLoad(() => ({ brokenLaws: ['sent 3 = 2'] }))],
])('the law "%s" is broken where %s, and the trial INVALID', (name, _, change) => {
  const observations = change(soundObservations());
  expect(broken(observations).map((law) => law.name)).toContain(name);
  const { verdict, caveats } = summarizeTrial(observations, decodeFake);
  expect(verdict).toBe('INVALID');
  expect(caveats.find(({ code }) => code === 'law_broken')?.detail).toContain(name);
});

test('an API that goes on leaves nothing to say about what it leaves behind', () => {
  const sound = soundObservations();
  const driven = {
    ...sound,
    api: { ...DIRECT_API, target: 'http://127.0.0.1:8080' },
    leftBehind: null,
  };
  const { laws, workers, verdict } = summarizeTrial(driven, decodeFake);
  expect(laws.map(({ name }) => name)).not.toContain('nothing left behind');
  expect(laws.map(({ name }) => name)).toContain('one database');
  expect(verdict).toBe('VALID');
  // As high as before the trial: nobody knows whether they were reached again.
  expect(workers.map(({ heldPeak, waitingPeak }) => [heldPeak, waitingPeak])).toEqual([
    [null, null],
    [null, null],
  ]);
});

const inSecond3 = (change: (second: LoadSecond) => Partial<LoadSecond>): Change =>
  withSeconds((it) => (it.second === 3 ? { ...it, ...change(it) } : it));

test.each<[sum: string, Change]>([
  ['started and dropped 11999 = 12000', inSecond3(() => ({ started: 999 }))],
  ['dropped 1 = 0', inSecond3(() => ({ started: 999, dropped: 1 }))],
  ['right 11519 = 11520', inSecond3(({ outcomes }) => ({ outcomes: { ...outcomes, ok: 959 } }))],
  ['within the deadline 11279 = 11280', inSecond3(() => ({ good: 939 }))],
  ['failed 481 = 480', inSecond3(({ outcomes }) => ({ outcomes: { ...outcomes, error: 41 } }))],
  [
    'without an answer 1 = 0',
    inSecond3(({ outcomes }) => ({ outcomes: { ...outcomes, censored: 1 } })),
  ],
])('the law "sum over seconds" names the one sum that is off: %s', (sum, change) => {
  const found = broken(change(soundObservations()));
  expect(found).toEqual([
    { name: 'sum over seconds', holds: false, detail: `in all seconds = in the run: ${sum}` },
  ]);
});

const secondWorkersHttp = (change: Partial<WorkerStats['http']>): Change =>
  withAfter([worker(1, 6_000), { ...secondWorker, http: { ...secondWorker.http, ...change } }]);

test.each<[law: string, off: string, Change]>([
  ['answers on both sides', 'one finished too few', secondWorkersHttp({ finished: 5_999 })],
  ['answers on both sides', 'one finished too many', secondWorkersHttp({ finished: 6_001 })],
  ['errors on both sides', 'one too few', secondWorkersHttp({ errors: { pool_timeout: 239 } })],
  ['errors on both sides', 'one too many', secondWorkersHttp({ errors: { pool_timeout: 241 } })],
])('the law "%s" alone is broken by the server\'s account: %s', (law, _, change) => {
  expect(broken(change(soundObservations())).map(({ name }) => name)).toEqual([law]);
});

test('a worker that died took its last counts along: it may have finished more than it told', () => {
  const died: Change = (it) => ({ ...it, deaths: [{ worker: 2, reason: 'SIGKILL' }] });
  const behind = secondWorkersHttp({ finished: 5_900, errors: { pool_timeout: 200 } });
  expect(broken(behind(died(soundObservations())))).toEqual([]);
  const ahead = secondWorkersHttp({ finished: 6_001, errors: { pool_timeout: 241 } });
  expect(broken(ahead(died(soundObservations()))).map(({ name }) => name)).toEqual([
    'answers on both sides',
    'errors on both sides',
  ]);
});

test.each<[string, Partial<NonNullable<LoadResult['offered']>>]>([
  ['an arrival is not in the ledger', { due: 12_001, issued: 12_001 }],
  ['more is issued than was due', { due: 11_999 }],
  ['the schedule draws another rate than was asked for', { expected: 12_700 }],
])('the law "arrivals" is broken where %s', (_, change) => {
  const sound = soundOpenObservations();
  const offered = { expected: 12_000, due: 12_000, issued: 12_000, ...change };
  expect(broken({ ...sound, load: { ...sound.load, offered } }).map((law) => law.name)).toEqual([
    'arrivals',
  ]);
});

test.each([
  ['poisson', []],
  ['constant', ['arrivals']],
] as const)('three arrivals too few are chance if they are %s', (arrivals, laws) => {
  const { plan, load, ...sound } = soundOpenObservations();
  const { model } = plan.load;
  if (model.kind === 'closed') throw new Error('the fixture is of the open loop');
  const found = broken({
    ...sound,
    plan: { ...plan, load: { ...plan.load, model: { ...model, arrivals } } },
    load: { ...load, offered: { expected: 12_003, due: 12_000, issued: 12_000 } },
  });
  expect(found.map(({ name }) => name)).toEqual(laws);
});

test('a request whose client gave up may have been finished by the server or not', () => {
  const gaveUp = { ok: 11_510, lost: 6, timeouts: 4 };
  const change = both(
    withLedger(gaveUp),
    withAttempts(gaveUp),
    withLoad(({ seconds }) => ({
      answersByWorker: { '1': 5_990, '2': 6_000 },
      seconds: seconds.map((it) =>
        it.second === 0 ? { ...it, outcomes: { ok: 950, error: 46, censored: 4 } } : it,
      ),
    })),
  );
  expect(broken(change(soundObservations()))).toEqual([]);
});

test('with retries the server sees the attempts, and more of them than users see failures', () => {
  const retried = both(
    (sound) => ({
      ...sound,
      plan: {
        ...sound.plan,
        load: { ...sound.plan.load, retry: { retriesMax: 1, backoffMs: 10 } },
      },
    }),
    withAttempts({ started: 13_000, httpErrors: { pool_timeout: 1_480 } }),
    withLoad(() => ({ answersByWorker: { '1': 6_500, '2': 6_500 } })),
    withAfter([1, 2].map((id) => withTimeouts(worker(id, 6_500), 740))),
  );
  expect(broken(retried(soundObservations()))).toEqual([]);
  const fewer = both(retried, withAttempts({ started: 11_990, httpErrors: { pool_timeout: 470 } }));
  expect(broken(fewer(soundObservations())).map(({ name }) => name)).toContain('attempts');
});

test('callers whose connections broke may have paused', () => {
  const paused = both(
    withLoad(() => ({ inFlightSeconds: 96, residenceSeconds: 96 })),
    withLedger({ ok: 11_519, lost: 1 }),
    withAttempts({ ok: 11_519, lost: 1 }),
  );
  expect(broken(paused(soundObservations())).map(({ name }) => name)).not.toContain('callers');
});

test('callers who think are there all the same', () => {
  const thinking = both(
    (sound) => ({
      ...sound,
      plan: {
        ...sound.plan,
        load: {
          ...sound.plan.load,
          model: { kind: 'closed', connections: 16, thinkTimeMs: 8 },
        },
      },
    }),
    withLoad(() => ({ inFlightSeconds: 96, residenceSeconds: 96 })),
  );
  expect(broken(thinking(soundObservations()))).toEqual([]);
});

function withTimeouts(stats: ReturnType<typeof worker>, timeouts: number) {
  const { acquireStarted } = stats.pool;
  return {
    ...stats,
    pool: { ...stats.pool, acquireTimeout: timeouts, acquireOk: acquireStarted - timeouts },
    http: { ...stats.http, errors: { pool_timeout: timeouts } },
  };
}

test('a pooler with all the connections that it may have breaks no law', () => {
  const sound = soundObservations();
  const { laws } = summarizeTrial(
    {
      ...sound,
      plan: { ...sound.plan, pooler: POOLER },
      pooler: { ...POOLER_READING, serversPeak: 20 },
    },
    decodeFake,
  );
  expect(laws).toContainEqual(
    expect.objectContaining({ name: "the pooler's connections", holds: true }),
  );
});

test('a service, which gives no account, is held to the laws of the load and of what it leaves behind', () => {
  const { laws } = summarizeTrial(serviceObservations(), decodeFake);
  const names = laws.map(({ name }) => name);
  expect(broken(serviceObservations())).toEqual([]);
  expect(names).toEqual(expect.arrayContaining(['ledger', 'nothing left behind']));
  expect(names).not.toContain('answers on both sides');
  expect(names).not.toContain('sum over workers');
  const left = { ...serviceObservations(), leftBehind: 2 };
  expect(broken(left)).toMatchObject([{ name: 'nothing left behind' }]);
});
