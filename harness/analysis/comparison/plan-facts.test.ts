import { expect, test } from 'vitest';
import { plan } from '../../plan/test/parsed-plan.ts';
import { planFacts } from './plan-facts.ts';

test('every setting that decides about a request is a fact under its path', () => {
  const facts = planFacts(
    plan({
      workload: 'hold',
      param: ['ms=20'],
      poolSize: '7',
      pgSetting: ['work_mem=8MB'],
      connections: '32',
    }),
  );
  expect(facts.get('pool.poolSize')).toBe(7);
  expect(facts.get('workloadParams.ms')).toBe('20');
  expect(facts.get('postgres.extra.work_mem')).toBe('8MB');
  expect(facts.get('load.model.connections')).toBe(32);
  expect(facts.get('gates.generatorUtilization.invalid')).toBe(0.9);
});

test('what changes no request is none', () => {
  const judged = planFacts(plan({ threshold: ['latency.p99<50ms'], seed: '7' }));
  expect(judged).toEqual(planFacts(plan()));
});

test('without a pool its shape says nothing', () => {
  const facts = planFacts(plan({ poolKind: 'null', poolSize: '7', maxOverflow: '3' }));
  expect(facts).toEqual(planFacts(plan({ poolKind: 'null' })));
});

test('without a network its jitter says nothing', () => {
  expect(planFacts(plan({ dbJitter: '2ms', dbBandwidth: '10mbit' }))).toEqual(planFacts(plan({})));
  expect(planFacts(plan({ dbRtt: '5ms', dbJitter: '2ms' })).get('distance.jitterMs')).toBe(2);
});

test('an open load is its stages, and its duration is what they add up to', () => {
  const facts = planFacts(plan({ stages: '100/s:10s,100/s..400/s:20s' }));
  expect(facts.get('load.model.stages')).toBe('100/s:10s,100/s..400/s:20s');
  expect(facts.has('durationMs')).toBe(false);
});

test('data of requests is what is in it, wherever it lies', () => {
  const served = plan({ command: 'node server.js' });
  const on = (path: string, sha256: string) =>
    planFacts({
      ...served,
      requests: {
        templates: served.requests?.templates ?? [],
        data: { path, sha256, rows: 1, columns: ['id'], order: 'random' },
      },
    });
  expect(on('/a/users.csv', 'one')).toEqual(on('/b/users.csv', 'one'));
  expect(on('/a/users.csv', 'one')).not.toEqual(on('/a/users.csv', 'two'));
});
