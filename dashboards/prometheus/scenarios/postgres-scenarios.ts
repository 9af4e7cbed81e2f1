import { METRICS } from '../../../server/contract.ts';
import { recordedNames } from '../rules/recorded.ts';
import { API, type InputSeries, input, type ScenariosOf, silent } from './scenario.ts';

const refused = (worker: string, values: string, sqlstate = '53300'): InputSeries =>
  input(METRICS.connectErrorsTotal, { worker, sqlstate, reason: 'too_many_clients' }, values);

const budget = (bound: string, connections: number): InputSeries =>
  input(METRICS.budgetConnections, { bound }, `${connections}x60`);

/** Sessions in 27 slots from scrape 20 on, before that six: the monitor's, and idle ones of two workers. */
function sessions(
  worker: number,
  others: number,
  { max = 30 }: { readonly max?: number } = {},
): readonly InputSeries[] {
  const of = (owner: string, state: string, values: string) =>
    input(METRICS.pgConnections, { worker: owner, state }, values);
  return [
    input(METRICS.pgMaxConnections, {}, `${max}x60`),
    input(METRICS.pgReservedConnections, {}, '3x60'),
    of('monitor', 'active', '1x60'),
    of('1', 'idle', '3x60'),
    of('2', 'idle', '2x60'),
    of('2', 'active', `0x20 ${worker}x40`),
    of('others', 'idle', `0x20 ${others}x40`),
  ];
}

const LOW = (value: string) => ({ alert: 'PostgresSlotsLow', value });
const EXHAUSTED = { alert: 'PostgresSlotsExhausted', value: '0' };
const REFUSES = { alert: 'PostgresRefusesConnections', value: '3' };
const OVERBOOKED = { alert: 'PoolBudgetOverbooked', value: '26' };

/** Slots, refusals and the budget. */
export const postgresScenarios: ScenariosOf = (windows) => {
  const recorded = recordedNames(windows);
  const everySecond = `0+${windows.scrapeSeconds}x60`;
  return [
    {
      name: 'more than four fifths of the slots are in use, most by others',
      series: sessions(1, 15),
      checks: [
        silent(20),
        silent(24),
        {
          at: 25,
          firing: [LOW('81.48%')],
          recorded: [{ record: recorded.slotsLeft, labels: API, value: 5 }],
        },
      ],
    },
    {
      name: 'four fifths of the slots are in use: edge of PostgresSlotsLow',
      series: sessions(14, 0, { max: 28 }),
      checks: [
        {
          at: 40,
          firing: [],
          recorded: [{ record: recorded.slotsUsedRatio, labels: API, value: 0.8 }],
        },
      ],
    },
    {
      name: 'no slot is left',
      series: sessions(21, 0),
      checks: [
        silent(22),
        { at: 23, firing: [EXHAUSTED] },
        { at: 26, firing: [EXHAUSTED, LOW('100%')] },
      ],
    },
    {
      name: 'superusers sit in the reserved slots too',
      series: sessions(21, 2),
      checks: [
        {
          at: 26,
          firing: [EXHAUSTED, LOW('107.4%')],
          recorded: [{ record: recorded.slotsLeft, labels: API, value: -2 }],
        },
      ],
    },
    {
      name: 'one slot is left: edge of PostgresSlotsExhausted',
      series: sessions(20, 0),
      checks: [{ at: 40, firing: [LOW('96.3%')] }],
    },
    {
      name: 'PostgreSQL refuses three connections, and nobody watches it',
      series: [refused('1', '0x20 3x40'), refused('2', '0x60')],
      checks: [silent(20), { at: 22, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'a worker that has just started is refused before its first scrape',
      series: [input('up', {}, '1x60'), refused('1', '0x60'), refused('7', '_x19 3x40')],
      checks: [silent(18), { at: 20, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'connections fail for another reason: edge of PostgresRefusesConnections',
      series: [refused('1', everySecond, ''), refused('2', everySecond, '28P01')],
      checks: [
        {
          at: 40,
          firing: [],
          recorded: [
            {
              record: recorded.connectErrors,
              labels: { ...API, sqlstate: '28P01' },
              value: 1,
            },
            { record: recorded.connectErrors, labels: API, value: 1 },
          ],
        },
      ],
    },
    {
      name: 'the pools may open one connection too many',
      series: [budget('usable', 26), budget('ceiling', 27), budget('floor', 20)],
      checks: [silent(3), { at: 4, firing: [OVERBOOKED] }],
    },
    {
      name: 'the pools fit exactly: edge of PoolBudgetOverbooked',
      series: [budget('usable', 26), budget('ceiling', 26), budget('floor', 26)],
      checks: [silent(40)],
    },
    {
      name: 'PgBouncer stands between, and takes all that the pools may open',
      series: [
        budget('usable', 26),
        budget('ceiling', 60),
        input(METRICS.pgbouncerMaxWaitSeconds, {}, '0x60'),
      ],
      checks: [silent(20)],
    },
    {
      name: 'pools without a limit have no ceiling',
      series: [budget('usable', 26), budget('floor', 20)],
      checks: [{ at: 10, firing: [OVERBOOKED] }],
    },
  ];
};
