import { table, visibleLength } from '../text-layout.ts';

/** A table with its titles; which columns go first where there is no room for all. */
export interface FittingTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly align: readonly ('left' | 'right')[];
  /** Indexes of columns that can be done without, the least needed first. */
  readonly spare: readonly number[];
}

/** Lines of at most `columns`, unless not even the columns that are needed fit. */
export function fittingTable(
  { titles, rows, align, spare }: FittingTable,
  columns: number,
): readonly string[] {
  // A column in which nothing stands says nothing.
  const empty = titles.flatMap((_, index) => (rows.some((row) => row[index] !== '') ? [] : index));
  for (let dropped = 0; ; dropped += 1) {
    const gone = new Set([...empty, ...spare.slice(0, dropped)]);
    const kept = <T>(items: readonly T[]): readonly T[] =>
      items.filter((_, index) => !gone.has(index));
    const lines = table([kept(titles), ...rows.map(kept)], kept(align));
    const widest = lines.reduce((most, line) => Math.max(most, visibleLength(line)), 0);
    if (widest <= columns || dropped >= spare.length) return lines;
  }
}
