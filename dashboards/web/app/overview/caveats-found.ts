import type { Cell, Sweep } from '../sweep-types.ts';

type Caveat = Cell['caveats'][number];

/** One reason for distrust, with everything of the sweep it holds for. */
export interface CaveatFound {
  readonly code: Caveat['code'];
  readonly grade: Caveat['grade'];
  readonly cells: readonly string[];
  /** The fact as it was found in the first of them. */
  readonly example: string;
  readonly advice: string | null;
}

/** Each reason once, whatever the number of cells that have it: the gravest and most frequent first. */
export function caveatsFound({
  cells,
  advice,
}: Pick<Sweep, 'cells' | 'advice'>): readonly CaveatFound[] {
  const all = cells.flatMap(({ id, caveats }) => caveats.map((caveat) => ({ id, caveat })));
  const byCode = [...Map.groupBy(all, ({ caveat }) => caveat.code)];
  return byCode
    .map(([code, found]) => ({
      code,
      grade: found.some(({ caveat }) => caveat.grade === 'INVALID')
        ? ('INVALID' as const)
        : ('DEGRADED' as const),
      cells: [...new Set(found.map(({ id }) => id))],
      example: found[0]?.caveat.detail ?? '',
      advice: advice[code] ?? null,
    }))
    .sort((a, b) => gravity(b) - gravity(a) || b.cells.length - a.cells.length);
}

function gravity({ grade }: Pick<CaveatFound, 'grade'>): number {
  return grade === 'INVALID' ? 1 : 0;
}
