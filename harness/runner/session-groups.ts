import type { SessionGroup } from '../analysis/service-reading.ts';
import type { BackendGroup } from '../postgres/monitor-queries.ts';
import { nameText } from '../report/inspection/inspected-names.ts';
import { REDACTED } from '../report/redactor.ts';

/**
 * A service that gives each connection a name of its own, or whose names change, must not make a table without end:
 * whoever comes after these is counted together.
 */
export const SESSION_GROUPS_MAX = 20;
/** Stands for all groups that came later. */
const OTHERS: Identity = { applicationName: 'others', role: '', address: '' };

type Identity = Pick<SessionGroup, 'applicationName' | 'role' | 'address'>;

export interface SessionGroups {
  /** Those of one sample. */
  add(groups: readonly BackendGroup[]): void;
  /** Most connections first. */
  result(): SessionGroup[];
}

interface Entry {
  readonly identity: Identity;
  peak: number;
  readonly states: Map<string, number>;
}

/** Sums sessions by name, role and address over samples. */
export function createSessionGroups(): SessionGroups {
  const entries = new Map<string, Entry>();
  let others: Entry | null = null;
  let samples = 0;
  const entryOf = (identity: Identity): Entry => {
    const key = JSON.stringify([identity.applicationName, identity.role, identity.address]);
    const known = entries.get(key);
    if (known !== undefined) return known;
    if (entries.size >= SESSION_GROUPS_MAX) {
      others ??= { identity: OTHERS, peak: 0, states: new Map() };
      return others;
    }
    const entry = { identity, peak: 0, states: new Map<string, number>() };
    entries.set(key, entry);
    return entry;
  };
  return {
    add: (groups) => {
      samples += 1;
      const now = new Map<Entry, number>();
      for (const { applicationName, role, address, state, backends } of groups) {
        const entry = entryOf({
          applicationName: withoutCutPassword(nameText(applicationName)),
          role: nameText(role),
          address: nameText(address),
        });
        now.set(entry, (now.get(entry) ?? 0) + backends);
        entry.states.set(state, (entry.states.get(state) ?? 0) + backends);
      }
      for (const [entry, backends] of now) entry.peak = Math.max(entry.peak, backends);
    },
    result: () =>
      [...entries.values(), ...(others === null ? [] : [others])]
        .map(({ identity, peak, states }) => ({
          ...identity,
          peak,
          meanByState: Object.fromEntries(
            [...states].map(([state, sum]) => [state, sum / samples]),
          ),
        }))
        .sort((a, b) => b.peak - a.peak),
  };
}

/** Of an address that begins with a user and does not come to its host. */
const CUT_ADDRESS = /^(.*:\/\/[^\s:/?#@]*:)[^@]+$/;

/** PostgreSQL cuts names at 63 bytes: an address as a name may end within its password, which nobody finds by its whole. */
function withoutCutPassword(name: string): string {
  return name.replace(CUT_ADDRESS, `$1${REDACTED}`);
}
