import { FAILED_SHARE_OF_NO_NOTE } from '../sweep/cell-state.ts';
import type { CellState } from '../sweep/sweep-result.ts';
import type { CellPair, ComparedSide, Side } from './comparison-result.ts';

type Conclusion = CellPair['conclusion'];
type Judged = Pick<CellPair, 'left' | 'right' | 'metrics' | 'pairs'>;

/** States in which a configuration does not do what it is there for, however fast it answers the rest. */
const TROUBLE: ReadonlySet<CellState> = new Set(['exhausted', 'overloaded', 'starved', 'failing']);

/**
 * Which side to prefer, by the first of these that tells them apart: one works and the other does not;
 * one fits on paper and the other does not; goodput; p99 at equal goodput; fewer connections at equal
 * goodput. Where goodput cannot be told apart nothing else is asked: more pairs would.
 */
export function conclusionOf(pair: Judged): Conclusion {
  const { left, right } = pair;
  const working = preferredBy(!hasTrouble(left), !hasTrouble(right));
  if (working !== null) return { prefer: working, because: 'works' };
  if (hasTrouble(left)) return { prefer: null, because: 'neither_works' };
  const fitting = preferredBy(fits(left), fits(right));
  if (fitting !== null) return { prefer: fitting, because: 'fits' };
  return byNumbers(pair);
}

/** Whether a side refuses, piles up, starves or fails more than a few requests. */
export function hasTrouble({ state, requests }: Pick<ComparedSide, 'state' | 'requests'>): boolean {
  if (state !== 'failing') return TROUBLE.has(state);
  if (requests.ok === 0) return true;
  return requests.failed > FAILED_SHARE_OF_NO_NOTE * requests.scheduled;
}

function fits({ budget }: ComparedSide): boolean {
  return budget === null || budget.predicted.fits;
}

function byNumbers({ left, right, metrics }: Judged): Conclusion {
  const goodput = metrics.goodputPerSecond.contrast;
  if (goodput.basis === 'none') {
    const [only, ...both] = goodput.without;
    if (only === undefined || both.length > 0) return { prefer: null, because: 'no_number' };
    return { prefer: only === 'left' ? 'right' : 'left', because: 'goodput' };
  }
  if (goodput.basis === 'own_intervals') return { prefer: null, because: 'no_two_rounds' };
  switch (goodput.finding) {
    case 'higher':
      return { prefer: 'left', because: 'goodput' };
    case 'lower':
      return { prefer: 'right', because: 'goodput' };
    case 'not_distinguishable':
      return { prefer: null, because: 'not_distinguishable' };
    case 'equivalent': {
      const p99 = metrics.latencyMsP99.contrast;
      if (p99.basis === 'rounds' && p99.finding === 'higher') {
        return { prefer: 'right', because: 'latency' };
      }
      if (p99.basis === 'rounds' && p99.finding === 'lower') {
        return { prefer: 'left', because: 'latency' };
      }
      const fewer = fewerConnections(left, right);
      return fewer === null
        ? { prefer: null, because: 'same' }
        : { prefer: fewer, because: 'fewer_connections' };
    }
  }
}

/** By what they may claim at most, then by what they keep when idle; unbounded is most. */
function fewerConnections(left: ComparedSide, right: ComparedSide): Side | null {
  for (const claim of ['ceiling', 'floor'] as const) {
    const of = ({ budget }: ComparedSide): number =>
      budget?.predicted[claim] ?? Number.POSITIVE_INFINITY;
    if (of(left) !== of(right)) return of(left) < of(right) ? 'left' : 'right';
  }
  return null;
}

/** The side that alone has something; `null` where both have it, or neither. */
function preferredBy(left: boolean, right: boolean): Side | null {
  if (left === right) return null;
  return left ? 'left' : 'right';
}
