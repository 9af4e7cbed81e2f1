import type { Named } from '../../analysis/inspection/cause.ts';
import { plainText } from '../sweep/plain-text.ts';

/** Names are chosen by whoever connects: one must not move a terminal's cursor, or fill a screen. */
const NAME_LENGTH_MAX = 63;

export function nameText(name: string): string {
  const plain = plainText(name);
  const characters = [...plain];
  return characters.length <= NAME_LENGTH_MAX
    ? plain
    : `${characters.slice(0, NAME_LENGTH_MAX - 1).join('')}…`;
}

/** An application_name; who sets none is known by the role. */
export function applicationText(application: string): string {
  return application === '' ? 'without a name' : nameText(application);
}

/** `billing-api`, or `without a name (role billing)`. */
export function namedText({ application, role }: Pick<Named, 'application' | 'role'>): string {
  if (application !== '' || role === null) return applicationText(application);
  return `sessions without a name (role ${nameText(role)})`;
}

/** `a`, `a and b`, `a, b and c`: who it is, the most important first; none, where each is another. */
export function namesText(holders: readonly Pick<Named, 'application' | 'role'>[]): string {
  if (holders.length === 0) return 'many applications';
  const names = [...new Set(holders.map(namedText))];
  const last = names.at(-1);
  return names.length < 2 || last === undefined
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** As an SQL identifier, always quoted; to be copied, so that it must be harmless to look at as well. */
export function sqlName(name: string): string {
  return `"${nameText(name).replaceAll('"', '""')}"`;
}

/** As an SQL string. */
export function sqlText(text: string): string {
  return `'${nameText(text).replaceAll("'", "''")}'`;
}
