import { expect, test } from 'vitest';
import { CAVEAT_CODES, type CaveatCode } from './caveat-codes.ts';
import { summarizeTrial, type TrialObservations } from './summarize.ts';
import { decodeFake, soundObservations, worker } from './test/observations.ts';
import { measuredTrialSchema } from './trial-result.ts';

type Change = (sound: TrialObservations) => TrialObservations;

const withLoad =
  (change: (load: TrialObservations['load']) => Partial<TrialObservations['load']>): Change =>
  (sound) => ({ ...sound, load: { ...sound.load, ...change(sound.load) } });

const withLedger = (ledger: Partial<TrialObservations['load']['ledger']>): Change =>
  withLoad((load) => ({ ledger: { ...load.ledger, ...ledger } }));

const withAfter =
  (workers: TrialObservations['after']['workers']): Change =>
  (sound) => ({ ...sound, after: { ...sound.after, workers } });

const unchanged: Change = (sound) => sound;

function summarize(change: Change) {
  return summarizeTrial(change(soundObservations()), decodeFake);
}

test('a sound trial is VALID, keeps every law and fits the published schema', () => {
  const result = summarize(unchanged);
  expect(result.verdict).toBe('VALID');
  expect(result.caveats).toEqual([]);
  expect(result.laws.filter(({ holds }) => !holds)).toEqual([]);
  expect(measuredTrialSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(result).toMatchObject({ throughputPerSecond: 960, goodputPerSecond: 950 });
});

test.each<[string, Change]>([
  ['ledger', withLedger({ scheduled: 2_001 })],
  ['sum over workers', withLoad(() => ({ answersByWorker: { '1': 1_000, '2': 999 } }))],
  ['sum over seconds', withLoad((load) => ({ seconds: load.seconds.slice(1) }))],
  ['answers on both sides', withAfter([worker(1, 1_000), worker(2, 1_025)])],
  ['errors on both sides', withLedger({ httpErrors: { deadlock: 80 } })],
  [
    'pool account of worker 2',
    (sound) => {
      const second = worker(2, 1_000);
      return withAfter([
        worker(1, 1_000),
        { ...second, pool: { ...second.pool, acquireStarted: 1_002 } },
      ])(sound);
    },
  ],
  ['nothing left behind', (sound) => ({ ...sound, leftBehind: 2 })],
  ['load engine', withLoad(() => ({ brokenLaws: ['sent 3 = 2'] }))],
  ["Little's law", withLoad(() => ({ residenceSeconds: 30 }))],
])('breaking the law "%s" makes the trial INVALID and names it', (name, change) => {
  const result = summarize(change);
  expect(result.laws.filter(({ holds }) => !holds).map((law) => law.name)).toContain(name);
  expect(result.verdict).toBe('INVALID');
  expect(result.caveats.find(({ code }) => code === 'law_broken')?.detail).toContain(name);
});

test('a request whose client gave up may have been finished by the server or not', () => {
  const gaveUp = withLedger({ ok: 1_910, lost: 6, timeouts: 4 });
  const sum = withLoad(() => ({ answersByWorker: { '1': 990, '2': 1_000 } }));
  const laws = summarize((sound) => sum(gaveUp(sound))).laws;
  expect(laws.filter(({ holds }) => !holds)).toEqual([]);
});

const PROVOKED: Readonly<Record<CaveatCode, Change>> = {
  law_broken: withLedger({ scheduled: 2_001 }),
  worker_crashed: (sound) => ({ ...sound, deaths: [{ worker: 2, reason: 'SIGKILL' }] }),
  worker_stalled: withAfter([worker(1, 1_000), { ...worker(2, 1_000), eventLoopStalls: 2 }]),
  target_down: withLoad(() => ({ ended: 'target_down' })),
  interrupted: withLoad(() => ({ ended: 'aborted' })),
  no_answers: withLedger({ ok: 0 }),
  few_samples: withLoad((load) => ({ latencyUs: { ...load.latencyUs, ok: '199' } })),
  generator_busy: withLoad((load) => ({
    generator: { ...load.generator, eventLoopUtilization: 0.8 },
  })),
  monitor_late: (sound) => ({ ...sound, server: { ...sound.server, longestGapMs: 600 } }),
  monitor_lost: (sound) => ({ ...sound, server: { ...sound.server, lost: true } }),
  little_off: withLoad(() => ({ residenceSeconds: 32.5 })),
  unanswered_left: withLedger({ unanswered: 3 }),
};

test.each(CAVEAT_CODES)('the caveat %s is raised by what it names, with advice', (code) => {
  const provoked = PROVOKED[code];
  const raised = summarize((sound) => provoked(sound)).caveats;
  expect(raised.map((it) => it.code)).toContain(code);
  expect(raised.find((it) => it.code === code)?.advice).not.toBe('');
  expect(summarize(unchanged).caveats.map((it) => it.code)).not.toContain(code);
});

test('a worker of a rolling restart may have stood still while it started', () => {
  const fresh = { ...worker(3, 0), eventLoopStalls: 1 };
  const restarted = withAfter([worker(1, 1_000), worker(2, 1_000), fresh]);
  expect(summarize(restarted).caveats.map(({ code }) => code)).not.toContain('worker_stalled');
});

test('a target that never let anybody in is down, whatever the engine called its end', () => {
  const refused = withLedger({ ok: 0, httpErrors: {}, connectionErrors: { ECONNREFUSED: 2_000 } });
  expect(summarize(refused).caveats.map(({ code }) => code)).toContain('target_down');
});

test('a generator without a core to itself has failed to measure', () => {
  const busy = withLoad((load) => ({
    generator: { ...load.generator, eventLoopUtilization: 0.95 },
  }));
  expect(summarize(busy).verdict).toBe('INVALID');
});

test('the unanswered enter the percentiles and are said to be lower bounds', () => {
  const result = summarize(
    withLoad((load) => ({ latencyUs: { ...load.latencyUs, censored: '40' } })),
  );
  expect(result.latencyMs.ok).toMatchObject({ samples: 1_960, censored: 40, p99: 10 });
});

test.each([
  ['clients can fill every pool beyond what is free', 60, 5, 10, true],
  ['there are fewer clients than free slots', 20, 5, 10, false],
  ['fewer clients leave idle connections behind in pools that keep all', 20, 0, 0, true],
  ['the pools themselves are bounded', 60, 5, 8, false],
])('refusals are predicted when %s', (_, connections, poolSize, maxOverflow, predicted) => {
  const { budget } = summarize((sound) => ({
    ...sound,
    plan: {
      ...sound.plan,
      pool: { ...sound.plan.pool, poolSize, maxOverflow },
      load: { ...sound.plan.load, connections },
    },
  }));
  expect(budget).toMatchObject({
    predictedRefusals: predicted,
    observedRefusals: false,
    agrees: !predicted,
  });
});

test("a rolling restart is judged by the rollout's ceiling", () => {
  const { budget } = summarize((sound) => ({
    ...sound,
    plan: {
      ...sound.plan,
      rolloutSurge: 1,
      pool: { ...sound.plan.pool, poolSize: 5, maxOverflow: 4 },
    },
  }));
  expect(budget.predicted).toMatchObject({ ceiling: 18, rolloutCeiling: 27, usable: 26 });
  expect(budget.predictedRefusals).toBe(true);
});
