import type { CellLine } from './cell-lines.ts';
import type { Situation } from './sweep-result.ts';

/** So much of the highest is as good: the rest would be bought with connections. */
const KNEE_SHARE = 0.97;

/**
 * Where more connections stop helping: the smallest pool of each line with 97 % of its highest
 * throughput. It is read from the estimates as they are; whether two of them can be told apart is the
 * ranking's business. A line needs two cells with a believable number.
 */
export function kneesOf(lines: readonly CellLine[]): Situation['knees'] {
  return lines.flatMap((line) => {
    const cells = line.cells.flatMap(({ id, variables, throughputPerSecond: estimate }) =>
      estimate === null ? [] : [{ id, poolSize: variables.poolSize, throughput: estimate.value }],
    );
    const most = Math.max(...cells.map(({ throughput }) => throughput));
    const highest = cells.find(({ throughput }) => throughput === most);
    const knee = cells.find(({ throughput }) => throughput >= KNEE_SHARE * most);
    if (cells.length < 2 || highest === undefined || knee === undefined || most <= 0) return [];
    return [{ ...line.of, poolSize: knee.poolSize, cell: knee.id, highest: highest.id }];
  });
}
