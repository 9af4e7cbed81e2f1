import type { Held, Holder, Observation } from '../../analysis/inspection/inspection.ts';
import { ABSENT, formatCount } from '../format.ts';
import { table } from '../text-layout.ts';
import { ageText } from './age-text.ts';
import { applicationText, nameText } from './inspected-names.ts';

/** What fits on a screen at night. */
const ROWS_MAX = 10;
/** Of a column of names. */
const NAME_WIDTH_MAX = 20;

/** Who has the slots, a row for each application, role and database. */
export function holderTable({ holders, total, holdersNotShown }: Observation): readonly string[] {
  if (total.sessions === 0) return [];
  const shown = holders.slice(0, ROWS_MAX);
  const rest = total.sessions - shown.reduce((sum, { sessions }) => sum + sessions, 0);
  const further = holders.length - shown.length + holdersNotShown;
  return table(
    [
      [
        ...['application', 'role', 'database', 'from'],
        ...['all', 'active', 'idle', 'for', 'in tx', 'for'],
      ],
      ...shown.map(rowOf),
      ...(further === 0 ? [] : [[`${formatCount(further)} more`, '', '', '', formatCount(rest)]]),
    ],
    ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
}

function rowOf(holder: Holder): readonly string[] {
  const { application, role, database, sessions, states, oldestMs } = holder;
  const hidden = states.unknown === sessions;
  const counted = (count: number): string => (hidden ? '?' : formatCount(count));
  const aged = (ms: number | null): string => (ms === null ? ABSENT : ageText(ms));
  const name =
    role === null && states.starting === sessions ? 'connecting' : applicationText(application);
  return [
    cut(name),
    role === null ? ABSENT : cut(nameText(role)),
    database === null ? ABSENT : cut(nameText(database)),
    clientsText(holder, hidden),
    formatCount(sessions),
    counted(states.active),
    counted(states.idle),
    aged(oldestMs.idle),
    counted(states.idle_in_transaction),
    aged(oldestMs.idleInTransaction),
  ];
}

function clientsText({ clients: { addresses, largest } }: Held, hidden: boolean): string {
  if (hidden) return '?';
  if (largest === null) return 'socket';
  return addresses === 1 ? nameText(largest) : `${formatCount(addresses)} hosts`;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= NAME_WIDTH_MAX
    ? text
    : `${characters.slice(0, NAME_WIDTH_MAX - 1).join('')}…`;
}
