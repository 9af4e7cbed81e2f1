import { studentTQuantile } from '../statistics/student-t.ts';

/** How much one trial's logarithm differs by chance from what its cell and its round explain. */
export interface RoundNoise {
  /** Standard deviation; 0.02 is 2 %. */
  readonly sdLog: number;
  /** Half width, in standard errors, of intervals that all comparisons share; see `simultaneousT`. */
  readonly t: number;
}

/** What all comparisons with one cell together may get wrong. */
const ERROR_SHARE = 0.05;

/**
 * The noise that equally loaded cells have in common, from all of them at once: three rounds of one pair
 * say next to nothing about noise (two degrees of freedom), three rounds of twenty cells say it well. Rows
 * are cells, columns rounds: what remains of each logarithm after its cell's mean and its round's mean
 * deviation are taken out, as in a randomized block design. Assumes that cells near each other in goodput
 * are about equally noisy; a comparison therefore never takes less than its own rounds show.
 *
 * @param rows value by round of each cell; all positive
 * @returns `null` where nothing remains to tell the noise from: fewer than two cells or two rounds
 */
export function roundNoise(rows: readonly ReadonlyMap<number, number>[]): RoundNoise | null {
  const repeated = rows.filter((row) => row.size >= 2);
  const deviations = repeated.flatMap((row) => {
    const logs = [...row].map(([round, value]) => ({ round, log: Math.log(value) }));
    const mean = logs.reduce((sum, { log }) => sum + log, 0) / logs.length;
    return logs.map(({ round, log }) => ({ round, deviation: log - mean }));
  });
  const rounds = Map.groupBy(deviations, ({ round }) => round);
  const degreesOfFreedom = deviations.length - repeated.length - rounds.size + 1;
  if (repeated.length < 2 || degreesOfFreedom < 1) return null;
  let squares = 0;
  for (const found of rounds.values()) {
    const common = found.reduce((sum, { deviation }) => sum + deviation, 0) / found.length;
    for (const { deviation } of found) squares += (deviation - common) ** 2;
  }
  return {
    sdLog: Math.sqrt(squares / degreesOfFreedom),
    t: simultaneousT(rows.length - 1, degreesOfFreedom),
  };
}

/**
 * Intervals of this half width hold all at once in 95 % of sweeps (Bonferroni). So it is also with the
 * highest of many, which is the luckiest: a cell that is in truth as good as any is told from the highest in
 * at most 5 % of sweeps, however many there are (multiple comparisons with the best: Hsu, Annals of
 * Statistics 12, 1984). With two cells it is the usual interval of one pair.
 */
function simultaneousT(comparisons: number, degreesOfFreedom: number): number {
  return studentTQuantile(1 - ERROR_SHARE / (2 * comparisons), degreesOfFreedom);
}
