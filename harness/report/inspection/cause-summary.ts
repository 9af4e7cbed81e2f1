import type { Cause, CauseOf } from '../../analysis/inspection/cause.ts';
import type { Observation } from '../../analysis/inspection/inspection.ts';
import { formatCount, formatRate, formatShare, plural } from '../format.ts';
import { ageText } from './age-text.ts';
import { applicationText, namesText, nameText } from './inspected-names.ts';
import { meanText } from './mean-text.ts';

/** What was found, in one sentence without its full stop. */
export function causeSummary(cause: Cause, observation: Observation): string {
  switch (cause.code) {
    case 'lock_pile_up':
      return lockPileUp(cause);
    case 'idle_in_transaction':
      return idleInTransaction(cause, observation);
    case 'role_at_limit':
      return `the role ${nameText(cause.role)} has ${used(cause)} connections that it may have: it is refused whatever else is free`;
    case 'database_at_limit':
      return `the database ${nameText(cause.database)} has ${used(cause)} connections that it may have: it is refused whatever else is free`;
    case 'storm':
      return storm(cause);
    case 'leak':
      return `${plural(cause.sessions, 'session')} of ${namesText(cause.holders)} ${cause.sessions === 1 ? 'has' : 'have'} been idle for over ${ageText(cause.longIdleMs)}${oldest(cause.oldestMs)} while ${scarceText(cause.scarce)}: ${cause.certainty === 'possible' ? 'never given back (a leak), or a pool larger than its work' : `never given back (a leak), since ${formatCount(cause.opened)} more were opened in this window instead of using them`}`;
    case 'oversized_fleet':
      return `${formatCount(cause.idle)} of ${plural(cause.sessions, 'session')} of ${namesText(cause.holders)} are idle and were used lately, while ${scarceText(cause.scarce)}: pools larger than their work`;
    case 'busy':
      return `${meanText(cause.active)} of ${meanText(cause.sessions)} sessions are at work at any moment: the connections are used, not held`;
    case 'unexplained':
      return `${scarceText(cause.scarce)}, and what can be seen does not say why`;
  }
}

function lockPileUp({ waiting, root }: CauseOf<'lock_pile_up'>): string {
  const who = `${meanText(waiting)} sessions wait for locks at any moment`;
  if (root === null) return `${who}, and nobody holds one for long: many want the same rows`;
  if (root.isPrepared) {
    return `${who}, ${formatCount(root.waiting)} of them behind a prepared transaction, which no session holds`;
  }
  if (root.pid === null) return `${who}, behind a session that was gone when it was looked at`;
  const state = root.state === 'idle_in_transaction' ? ', which sits idle in transaction' : '';
  const age =
    root.transactionMs === null ? '' : `, in its transaction for ${ageText(root.transactionMs)}`;
  return `${who}, ${formatCount(root.waiting)} of them behind pid ${root.pid} of ${applicationText(root.application ?? '')}${state}${age}`;
}

function idleInTransaction(
  { sessions, mean, oldestMs, holders }: CauseOf<'idle_in_transaction'>,
  { slots }: Observation,
): string {
  const [first] = holders;
  const from =
    first === undefined
      ? ''
      : `, ${first.sessions === sessions ? '' : 'most '}from ${namesText([first])}`;
  const held = slots.left.ordinary < sessions ? ': the connections are held, not short' : '';
  // Short transactions are seen in the samples, and perhaps not at the end.
  if (sessions === 0) {
    return `${meanText(mean)} sessions sit idle in transaction at any moment, none for long${held}`;
  }
  const age =
    oldestMs === null ? '' : `, ${sessions === 1 ? 'for' : 'the oldest for'} ${ageText(oldestMs)}`;
  return `${plural(sessions, 'session')} ${sessions === 1 ? 'sits' : 'sit'} idle in transaction${age}${from}${held}`;
}

function storm({ perSecond, starting, holders }: CauseOf<'storm'>): string {
  const seen = [
    ...(perSecond === null ? [] : [`${formatRate(perSecond)} new sessions a second`]),
    ...(starting === 0 ? [] : [`${meanText(starting)} sessions connecting at any moment`]),
  ].join(', ');
  const from = holders.length === 0 ? '' : `, from ${namesText(holders)}`;
  return `${seen}${from}: something connects for each request, or is refused and tries again at once`;
}

const oldest = (oldestMs: number | null): string =>
  oldestMs === null ? '' : ` (one for ${ageText(oldestMs)})`;

const used = ({ used: has, limit }: { readonly used: number; readonly limit: number }): string =>
  `${formatCount(has)} of the ${formatCount(limit)}`;

function scarceText({ kind, name, capacity, used: has }: CauseOf<'leak'>['scarce']): string {
  const share = formatShare(Math.min(1, capacity === 0 ? 1 : has / capacity));
  const what =
    kind === 'slots'
      ? 'the usable slots'
      : `the connections that the ${kind} ${nameText(name ?? '')} may have`;
  return `${share} of ${what} are taken`;
}
