import type { MeasuredTrial } from '../trial-result.ts';
import type { CellRound } from './sweep-result.ts';

type MeasuredCellRound = Extract<CellRound, { readonly state: 'measured' }>;

/**
 * Right answers within the deadline, per second, of one round: of its steady window, and where more
 * arrives than is answered (`overloaded`, the only believable round without a steady rate) of the whole
 * window. Leaving such a round out would show the cell by its lucky rounds; its state says that it is
 * overloaded, and no such cell is ranked.
 */
export function goodputOfRound(round: MeasuredCellRound): number {
  return round.goodputPerSecond ?? round.wholeRunGoodputPerSecond;
}

/** The same of all right answers, however late. */
export function throughputOfRound(round: MeasuredCellRound): number {
  return round.throughputPerSecond ?? round.wholeRunThroughputPerSecond;
}

export function goodputOfTrial({ goodputPerSecond, wholeRun }: MeasuredTrial): number {
  return goodputPerSecond ?? wholeRun.goodputPerSecond;
}

export function throughputOfTrial({ throughputPerSecond, wholeRun }: MeasuredTrial): number {
  return throughputPerSecond ?? wholeRun.throughputPerSecond;
}

/** The rounds that estimates and comparisons are made of. */
export function believableRounds(rounds: readonly CellRound[]): readonly MeasuredCellRound[] {
  return rounds.filter((it) => it.state === 'measured').filter((it) => it.verdict !== 'INVALID');
}
