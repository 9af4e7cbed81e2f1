import type { Holder, Observation } from '../inspection.ts';

export interface SampleHolder {
  readonly application?: string;
  readonly role?: string;
  readonly database?: string;
  readonly active?: number;
  readonly idle?: number;
  readonly longIdle?: number;
  readonly idleInTransaction?: number;
  readonly starting?: number;
  readonly unknown?: number;
  readonly lockWaits?: number;
  readonly young?: number;
  readonly oldestIdleMs?: number;
  readonly oldestIdleInTransactionMs?: number;
}

/**
 * A calm PostgreSQL with `max_connections` 100, of which 97 are usable, and these holders; means are as the
 * sessions are at the end.
 */
export function sampleObservation(
  holders: readonly SampleHolder[] = [],
  changed: Partial<Observation> = {},
): Observation {
  const all = holders.map(holderOf);
  const total = holderOf(
    Object.fromEntries(
      COUNTS.map((key) => [key, holders.reduce((sum, it) => sum + (it[key] ?? 0), 0)]),
    ),
  );
  const oldest = (of: (holder: Holder) => number | null): number | null =>
    all.reduce<number | null>((most, it) => {
      const age = of(it);
      return age === null ? most : Math.max(age, most ?? 0);
    }, null);
  const { application: _name, role: _role, database: _database, ...held } = total;
  const used = total.sessions;
  const left = (kept: number): number => Math.max(0, 100 - kept - used);
  return {
    takenAt: '2026-11-22T02:00:00.000Z',
    server: { host: 'db', port: 5_432, version: '18.4', isStandby: false },
    role: { name: 'postgres', seesEverybody: true },
    unseen: [],
    window: { durationMs: 2_000, samples: 9 },
    slots: {
      maxConnections: 100,
      superuserReserved: 3,
      reserved: 0,
      usable: 97,
      used,
      left: { ordinary: left(3), reserved: left(3), superuser: left(0) },
      usedPeak: used,
    },
    mean: { ...total.states, lockWaits: total.lockWaits },
    longIdleMs: 600_000,
    total: {
      ...held,
      oldestMs: {
        ...held.oldestMs,
        idle: oldest((it) => it.oldestMs.idle),
        idleInTransaction: oldest((it) => it.oldestMs.idleInTransaction),
      },
    },
    holders: all.sort((a, b) => b.sessions - a.sessions),
    holdersNotShown: 0,
    roleLimits: [],
    databaseLimits: [],
    activity: { inWindow: NO_ACTIVITY, sinceReset: NO_ACTIVITY, resetAt: null },
    locks: { roots: [], asked: 0 },
    oldestTransaction: null,
    oldestSnapshot: null,
    preparedTransactions: 0,
    apart: [],
    ...changed,
  };
}

const COUNTS = [
  ...(['active', 'idle', 'longIdle', 'idleInTransaction'] as const),
  ...(['starting', 'unknown', 'lockWaits', 'young'] as const),
];

export const NO_ACTIVITY = {
  ...{ sessions: 0, abandoned: 0, fatal: 0, killed: 0, transactions: 0 },
  ...{ sessionMs: 0, activeMs: 0, idleInTransactionMs: 0 },
};

function holderOf(it: SampleHolder): Holder {
  const { active = 0, idle = 0, idleInTransaction = 0, starting = 0, unknown = 0 } = it;
  return {
    application: it.application ?? 'app',
    role: it.role ?? 'ann',
    database: it.database ?? 'shop',
    sessions: active + idle + idleInTransaction + starting + unknown,
    states: { active, idle, idle_in_transaction: idleInTransaction, starting, unknown },
    longIdle: it.longIdle ?? 0,
    young: it.young ?? 0,
    lockWaits: it.lockWaits ?? 0,
    oldestMs: {
      active: null,
      idle: it.oldestIdleMs ?? null,
      idleInTransaction: it.oldestIdleInTransactionMs ?? null,
      transaction: null,
    },
    waitEvent: null,
    clients: { addresses: 1, largest: '10.0.0.4' },
  };
}
