import { seededRandom } from '../../seeded-random.ts';
import type { TrialPlan } from '../trial-plan.ts';
import { type Cell, expandCells } from './cells.ts';
import type { SweepPlan } from './sweep-plan.ts';

export interface PlannedTrial {
  /** `c001-r1` …: its cell and its round. */
  readonly id: string;
  readonly cell: Cell;
  /** From 1. */
  readonly round: number;
  readonly plan: TrialPlan;
}

const SEEDS = 2 ** 32;

/**
 * All trials in the order they are measured. Rounds are outside, so that a machine that slowly changes
 * changes for all cells alike; inside, cells are shuffled, by a seed of the plan. All cells of a round
 * see the same arrivals.
 *
 * Cells with the same settings of PostgreSQL stay together, since it must be restarted between them;
 * the order of those groups is shuffled once and turned round with every round (A B, B A, …), which saves
 * a restart and leaves no group always the first.
 */
export function orderTrials(plan: SweepPlan): readonly PlannedTrial[] {
  const random = seededRandom(plan.base.seed);
  const groups = shuffled(groupsOf(expandCells(plan)), random);
  return Array.from({ length: plan.rounds }, (_, index) => {
    const round = index + 1;
    const ordered = index % 2 === 0 ? groups : groups.toReversed();
    return ordered.flatMap((group) =>
      shuffled(group, random).map((cell) => ({
        id: `${cell.id}-r${round}`,
        cell,
        round,
        plan: { ...cell.plan, seed: (plan.base.seed + index) % SEEDS },
      })),
    );
  }).flat();
}

/** What PostgreSQL must be restarted for, as one comparable text. */
export function postgresKey({ postgres }: TrialPlan): string {
  return JSON.stringify([
    postgres.maxConnections,
    postgres.superuserReservedConnections,
    postgres.reservedConnections,
    Object.entries(postgres.extra).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

function groupsOf(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const groups = Map.groupBy(cells, ({ plan }) => postgresKey(plan));
  return [...groups.values()];
}

/** Fisher–Yates. */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (left.length > 0) {
    drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return drawn;
}
