import { type ConnectErrorReason, METRICS, type RefusalReason } from '../../../server/contract.ts';
import { recordedNames } from '../rules/recorded.ts';
import { API, type InputSeries, input, type ScenariosOf, silent } from './scenario.ts';

const connectErrors = (
  worker: string,
  values: string,
  [sqlstate, reason]: readonly [string, ConnectErrorReason] = ['53300', 'too_many_clients'],
): InputSeries => input(METRICS.connectErrorsTotal, { worker, sqlstate, reason }, values);

const failedRequests = (worker: string, values: string, reason: RefusalReason): InputSeries =>
  input(METRICS.errorsTotal, { worker, class: 'too_many_connections', reason }, values);

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
const POOLER_REFUSES = { alert: 'PgBouncerRefusesConnections', value: '3' };
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
      series: [connectErrors('1', '0x20 3x40'), connectErrors('2', '0x60')],
      checks: [silent(20), { at: 22, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'a worker that has just started is refused before its first scrape',
      series: [
        input('up', {}, '1x60'),
        connectErrors('1', '0x60'),
        connectErrors('7', '_x19 3x40'),
      ],
      checks: [silent(18), { at: 20, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'connections fail for another reason: edge of PostgresRefusesConnections',
      series: [
        connectErrors('1', everySecond, ['', 'unavailable']),
        connectErrors('2', everySecond, ['28P01', 'auth']),
        connectErrors('3', everySecond, ['08P01', 'other']),
      ],
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
            { record: recorded.connectErrors, labels: { ...API, sqlstate: '08P01' }, value: 1 },
          ],
        },
      ],
    },
    {
      name: 'PostgreSQL refuses three connections, as a PgBouncer before 1.21 passes it on: edge of PgBouncerRefusesConnections',
      series: [connectErrors('1', '0x20 3x40', ['08P01', 'too_many_clients'])],
      checks: [silent(20), { at: 22, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'PostgreSQL refuses for each of its reasons, with words that are not known among them',
      series: [
        connectErrors('1', '0x20 1x40', ['53300', 'reserved_superuser']),
        connectErrors('1', '0x20 1x40', ['08P01', 'role_limit']),
        connectErrors('1', '0x20 1x40', ['53300', 'refused_unknown']),
      ],
      checks: [silent(20), { at: 22, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'PostgreSQL refuses three connections, and five requests fail for it: the connections count',
      series: [connectErrors('1', '0x20 3x40'), failedRequests('1', '0x20 5x40', 'all_slots')],
      checks: [silent(20), { at: 22, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'PostgreSQL refuses what a newer PgBouncer tells three requests',
      series: [connectErrors('1', '0x60'), failedRequests('1', '0x20 3x40', 'all_slots')],
      checks: [silent(20), { at: 22, firing: [REFUSES] }, silent(40)],
    },
    {
      name: 'PgBouncer refuses three clients, and PostgreSQL nobody',
      series: [
        failedRequests('1', '0x20 3x40', 'pooler_clients'),
        connectErrors('1', '0x60'),
        connectErrors('1', '0x60', ['08P01', 'too_many_clients']),
        connectErrors('1', '0x20 3x40', ['08P01', 'pooler_clients']),
      ],
      checks: [silent(20), { at: 22, firing: [POOLER_REFUSES] }, silent(40)],
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
