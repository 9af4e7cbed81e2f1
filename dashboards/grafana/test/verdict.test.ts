import { expect } from 'vitest';
import { optional } from '../../../harness/test/optional.ts';
import { detectPrometheus } from '../../../harness/test/prometheus-binaries.ts';
import { METRICS } from '../../../server/contract.ts';
import { DIAGNOSES } from '../diagnoses.ts';
import { panelQueries } from '../pool-exhaustion.ts';
import { faults } from './expression-faults.ts';
import { CALM, MAX_CONNECTIONS, OTHERS, RESERVED, VERDICT_SCENARIOS } from './verdict-scenarios.ts';

/** What an expression answers that has one series without labels. */
const one = (value: number) => ({ '{}': value });

const prometheus = await optional('prometheus', detectPrometheus);

prometheus.test('each cause of exhaustion is told from the others', async () => {
  const cases = VERDICT_SCENARIOS.map(({ name, series, red }) => ({
    name,
    series,
    expectations: DIAGNOSES.map((diagnosis) => ({
      expr: diagnosis.expr,
      values: red === null ? {} : one(Number(red.includes(diagnosis.name))),
    })),
  }));
  expect(await faults(cases)).toBe('');
  const told = VERDICT_SCENARIOS.flatMap(({ red }) => red ?? []);
  expect([...new Set(told)].sort()).toEqual(DIAGNOSES.map(({ name }) => name).sort());
});

const queryOf = (panel: string, refId: string): string => {
  const found = panelQueries().find((query) => query.panel === panel && query.refId === refId);
  if (found === undefined) throw new Error(`no query ${refId} in ${panel}`);
  return found.expr;
};
const answers = (code: string) =>
  `${METRICS.httpRequestSeconds}_count{job="pool-lab-api",instance="api:9464",route="/w/point",method="GET",code="${code}"}`;
const answersWithin = (le: string) =>
  answers('200').replace('_count', '_bucket').replace('}', `,le="${le}"}`);

const OF_WORKER = 'job="pool-lab-api",instance="api:9464",worker="1"';
const waitsWithin = (le: string) =>
  `${METRICS.waitSeconds}_bucket{${OF_WORKER},result="ok",le="${le}"}`;

prometheus.test('the numbers of panels are right, and absent where there are none', async () => {
  const share = queryOf('Which share fails?', 'A');
  const right = queryOf('Right answers per second?', 'A');
  const left = queryOf('Slots left in PostgreSQL?', 'A');
  const p99 = queryOf('How long is the p99?', 'B');
  const nearTimeout = queryOf('Is the wait near the pool’s timeout?', 'A');
  const said = await faults([
    {
      name: 'no request ever failed',
      series: { [answers('200')]: '0+10x60' },
      expectations: [
        { expr: share, values: one(0) },
        { expr: right, values: one(10) },
      ],
    },
    {
      name: 'no request was ever right',
      series: { [answers('503')]: '0+10x60' },
      expectations: [
        { expr: share, values: one(1) },
        { expr: right, values: one(0) },
      ],
    },
    {
      name: 'one in four fails',
      series: { [answers('200')]: '0+9x60', [answers('503')]: '0+3x60' },
      expectations: [{ expr: share, values: one(0.25) }],
    },
    {
      name: 'all requests hang, from the first one on',
      series: {
        [`${METRICS.pendingRequests}{${OF_WORKER}}`]: '3x60',
        [`${METRICS.connectionCount}{${OF_WORKER},state="used"}`]: '5x60',
      },
      expectations: [
        { expr: right, values: one(0) },
        { expr: share, values: {} },
      ],
    },
    {
      name: 'all requests hang that found a connection, and more than those do not come',
      series: {
        [answers('200')]: '10x60',
        [`${METRICS.pendingRequests}{${OF_WORKER}}`]: '0x60',
        [`${METRICS.connectionCount}{${OF_WORKER},state="used"}`]: '2x60',
      },
      expectations: [{ expr: right, values: one(0) }],
    },
    {
      name: 'nobody asks',
      series: {
        [answers('200')]: '10x60',
        [answersWithin('1')]: '10x60',
        [answersWithin('+Inf')]: '10x60',
        [`${METRICS.pendingRequests}{${OF_WORKER}}`]: '0x60',
        [`${METRICS.connectionCount}{${OF_WORKER},state="used"}`]: '0x60',
      },
      expectations: [share, right, p99].map((expr) => ({ expr, values: {} })),
    },
    {
      name: '11 of 27 slots are taken',
      series: CALM,
      expectations: [{ expr: left, values: one(16) }],
    },
    {
      name: 'those about to be refused are in reserved slots',
      series: { ...CALM, [MAX_CONNECTIONS]: '12x60', [OTHERS]: '2x60' },
      expectations: [{ expr: left, values: one(0) }],
    },
    {
      name: 'of two APIs it is the one with the fewest slots left that counts',
      series: {
        ...CALM,
        [MAX_CONNECTIONS.replace('api:', 'other:')]: '100x60',
        [RESERVED.replace('api:', 'other:')]: '3x60',
        [OTHERS.replace('api:', 'other:')]: '1x60',
      },
      expectations: [{ expr: left, values: one(16) }],
    },
    {
      name: 'waits of up to 20 s of the 30 s after which the pool gives up',
      series: {
        [waitsWithin('10')]: '0x60',
        [waitsWithin('20')]: '0+10x60',
        [waitsWithin('+Inf')]: '0+10x60',
        [`${METRICS.poolTimeoutSeconds}{${OF_WORKER}}`]: '30x60',
      },
      expectations: [{ expr: `round(${nearTimeout}, 0.01)`, values: { '{worker="1"}': 0.66 } }],
    },
    {
      name: 'nobody watches the database',
      series: {},
      expectations: [{ expr: left, values: {} }],
    },
  ]);
  expect(said).toBe('');
});
