import { sessionsPerSecond } from '../../analysis/inspection/find-causes.ts';
import type {
  ConnectionLimit,
  Observation,
  SessionState,
  Unseen,
} from '../../analysis/inspection/inspection.ts';
import { shareOf } from '../../analysis/inspection/inspection-readings.ts';
import { formatCount, formatMs, formatRate, formatShare, plural } from '../format.ts';
import type { ReportLine } from '../report-line.ts';
import { ageText } from './age-text.ts';
import { holderTable } from './holder-table.ts';
import { applicationText, nameText, sqlName } from './inspected-names.ts';
import { meanText } from './mean-text.ts';

/** What was seen, after the verdict: slots, who has them, what they do, and what was not seen. */
export function inspectionLines(observation: Observation): readonly ReportLine[] {
  return [
    { label: 'SLOTS', text: slotsText(observation) },
    ...limitLines(observation),
    { label: 'HOLDERS', text: holdersText(observation), rows: holderTable(observation) },
    ...(observation.role.seesEverybody ? [{ label: 'STATES', text: statesText(observation) }] : []),
    { label: 'TIME', text: timeText(observation) },
    { label: 'NEW', text: newText(observation) },
    ...waitLines(observation),
    { label: 'OLDEST', text: oldestText(observation) },
    { label: 'APART', text: apartText(observation) },
    ...observation.unseen.map((code, index) => ({
      label: index === 0 ? 'NOT SEEN' : '',
      text: unseenText(code, observation),
    })),
  ];
}

function slotsText({ slots }: Observation): string {
  const { maxConnections, superuserReserved, reserved, left, used, usedPeak } = slots;
  const peak = usedPeak > used ? ` (${formatCount(usedPeak)} at most)` : '';
  const kept =
    reserved === 0
      ? `${formatCount(superuserReserved)} reserved for superusers`
      : `${formatCount(superuserReserved)} reserved for superusers, ${formatCount(reserved)} for pg_use_reserved_connections`;
  const leftFor =
    reserved === 0
      ? `${formatCount(left.ordinary)} for ordinary roles, ${formatCount(left.superuser)} for superusers`
      : `${formatCount(left.ordinary)} for ordinary roles, ${formatCount(left.reserved)} for pg_use_reserved_connections, ${formatCount(left.superuser)} for superusers`;
  return `${formatCount(used)} of max_connections ${formatCount(maxConnections)} taken${peak}, ${kept}. Left: ${leftFor}; this command's own is not counted`;
}

function limitLines({ roleLimits, databaseLimits }: Observation): readonly ReportLine[] {
  const text = (kind: string, limits: readonly ConnectionLimit[]): readonly string[] =>
    limits.map(
      ({ name, limit, used }) =>
        `${kind} ${nameText(name)} ${formatCount(used)} of ${formatCount(limit)}`,
    );
  const all = [...text('role', roleLimits), ...text('database', databaseLimits)];
  return all.length === 0 ? [] : [{ label: 'LIMITS', text: all.join(', ') }];
}

function holdersText({ total, server, window }: Observation): string {
  const standby = server.isStandby ? ', a standby' : '';
  return `${plural(total.sessions, 'session')} on PostgreSQL ${versionText(server)}${standby}, after ${formatMs(window.durationMs)}; "for": the longest so`;
}

/** A distribution adds words of its own behind a blank. */
const versionText = ({ version }: Observation['server']): string =>
  nameText(version.replace(/ .*$/, ''));

function statesText(observation: Observation): string {
  const { mean, window } = observation;
  const state = (name: SessionState, words: string): string =>
    `${words} ${meanText(mean[name])} (${formatShare(shareOf(observation, name))})`;
  const further = [
    ...(mean.starting === 0 ? [] : [state('starting', 'connecting')]),
    ...(mean.unknown === 0 ? [] : [state('unknown', 'not told')]),
  ];
  return [
    state('active', `mean of ${plural(window.samples, 'sample')}: active`),
    state('idle', 'idle'),
    state('idle_in_transaction', 'idle in transaction'),
    ...further,
  ].join(', ');
}

/** `pg_stat_database` adds a time up when its state ends, so that neither says anything of who still waits. */
function timeText({ activity }: Observation): string {
  const { inWindow, sinceReset, resetAt } = activity;
  const shares = (it: {
    readonly sessionMs: number;
    readonly activeMs: number;
    readonly idleInTransactionMs: number;
  }): string | null =>
    it.sessionMs === 0
      ? null
      : `active ${formatShare(Math.min(1, it.activeMs / it.sessionMs))}, idle in transaction ${formatShare(Math.min(1, it.idleInTransactionMs / it.sessionMs))}`;
  const now = inWindow === null ? null : shares(inWindow);
  const since = shares(sinceReset);
  return [
    `of states that have ended, those that go on are in no share: in this window ${now ?? 'none'}`,
    `since ${resetText(resetAt)} ${since ?? 'none'}`,
  ].join('; ');
}

const resetText = (resetAt: string | null): string =>
  resetAt === null ? 'the statistics began' : `the last reset (${resetAt.slice(0, 16)}Z)`;

function newText(observation: Observation): string {
  const { sessions, abandoned, fatal, killed } = observation.activity.sinceReset;
  const perSecond = sessionsPerSecond(observation);
  const rate =
    perSecond === null ? 'the statistics were reset' : `${formatRate(perSecond)} sessions/s`;
  return `${rate} in this window; since ${resetText(observation.activity.resetAt)} ${formatCount(sessions)}, of which ${formatCount(abandoned)} lost their client, ${formatCount(fatal)} ended by an error, ${formatCount(killed)} were terminated`;
}

function waitLines({ total, locks, mean }: Observation): readonly ReportLine[] {
  const most =
    total.waitEvent === null ? [] : [`most of the active that wait: ${nameText(total.waitEvent)}`];
  const roots = locks.roots.slice(0, 3).map(({ session, isPrepared, waiting }) => {
    const who = isPrepared
      ? 'a prepared transaction'
      : session === null
        ? 'a session that is gone'
        : `pid ${session.pid} of ${applicationText(session.application)} (${stateWord(session.state)})`;
    return `${formatCount(waiting)} behind ${who}`;
  });
  const lockText =
    mean.lockWaits === 0
      ? []
      : [
          `for locks ${meanText(mean.lockWaits)} at any moment${roots.length === 0 ? '' : `: ${roots.join(', ')}`}`,
        ];
  const all = [...lockText, ...most];
  return all.length === 0 ? [] : [{ label: 'WAITS', text: all.join('; ') }];
}

const stateWord = (state: SessionState): string => state.replaceAll('_', ' ');

function oldestText({
  role,
  oldestTransaction: oldest,
  oldestSnapshot: snapshot,
  preparedTransactions,
}: Observation): string {
  const transaction =
    oldest === null || oldest.transactionMs === null
      ? `no transaction ${role.seesEverybody ? '' : 'of this role '}is open`
      : `transaction ${ageText(oldest.transactionMs)}, pid ${oldest.pid} of ${applicationText(oldest.application)}, ${stateWord(oldest.state)}`;
  const held = snapshot === null || isUsual(snapshot) ? [] : [snapshotText(snapshot)];
  const prepared =
    preparedTransactions === 0 ? [] : [plural(preparedTransactions, 'prepared transaction')];
  return [transaction, ...held, ...prepared].join('; ');
}

/** Every statement holds back a few; what outlives its session is told however few they are. */
const USUAL_TRANSACTIONS = 100;

const isUsual = ({ heldBy, transactions }: NonNullable<Observation['oldestSnapshot']>): boolean =>
  heldBy === 'session' && transactions < USUAL_TRANSACTIONS;

function snapshotText({
  heldBy,
  name,
  transactions,
}: NonNullable<Observation['oldestSnapshot']>): string {
  const who = `${heldBy.replaceAll('_', ' ')} ${heldBy === 'session' ? `of ${applicationText(name)}` : nameText(name)}`;
  return `VACUUM is held back by ${plural(transactions, 'transaction')}, by a ${who}`;
}

function apartText({ apart }: Observation): string {
  if (apart === null) return 'other processes are not shown to this role; they take no slot';
  const all = apart.map(({ kind, processes, limit }) => {
    const of = limit === null ? '' : ` (${limit.setting} ${formatCount(limit.value)})`;
    return `${formatCount(processes)} ${nameText(kind)}${of}`;
  });
  return `take no slot of max_connections: ${all.join(', ')}`;
}

function unseenText(code: Unseen, { role, server }: Observation): string {
  switch (code) {
    case 'states_of_others':
      return `what sessions of other roles do, since when, from where, and what they wait for: ${nameText(role.name)} may not. GRANT pg_monitor TO ${sqlName(role.name)} lets it. Counted as sessions are all with a role and a database, parallel workers among them`;
    case 'connecting':
      return `sessions that are still connecting: PostgreSQL ${versionText(server)} does not show them, and they have slots`;
    case 'activities_off':
      return 'what some sessions do: they have track_activities off';
  }
}
