import type { CauseBounds } from './cause-bounds.ts';
import type { Held, Holder, Observation } from './inspection.ts';

/** Something there is not enough of: slots for ordinary roles, or what a role or database may have. */
export interface Scarcity {
  readonly kind: 'slots' | 'role' | 'database';
  /** Of the role or database; `null` for slots. */
  readonly name: string | null;
  readonly capacity: number;
  readonly used: number;
  readonly left: number;
  /** Who has it, the largest first. */
  readonly holders: readonly Holder[];
  /** All of them, listed or not; `null`: not known of a single role or database. */
  readonly all: Held | null;
}

/** The slots of all first, then what is limited by role and by database. */
export function findScarcities(
  { slots, roleLimits, databaseLimits, holders, total }: Observation,
  { leftShareShort }: Pick<CauseBounds, 'leftShareShort'>,
): readonly Scarcity[] {
  const limited = (kind: 'role' | 'database') =>
    (kind === 'role' ? roleLimits : databaseLimits)
      // A limit of 0 is a lock on the door, and nobody's shortage.
      .filter(({ limit }) => limit > 0)
      .map(
        ({ name, limit, used }): Scarcity => ({
          ...{ kind, name, capacity: limit, used, left: Math.max(0, limit - used) },
          holders: holders.filter((holder) => holder[kind] === name),
          all: null,
        }),
      );
  const all: readonly Scarcity[] = [
    {
      ...{ kind: 'slots', name: null, capacity: slots.usable, used: slots.used },
      left: slots.left.ordinary,
      holders,
      all: total,
    },
    ...limited('role'),
    ...limited('database'),
  ];
  return all.filter(({ left, capacity }) => left === 0 || left < leftShareShort * capacity);
}
