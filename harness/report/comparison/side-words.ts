import type {
  CellPair,
  ComparedSide,
  Difference,
  Side,
} from '../../analysis/comparison/comparison-result.ts';
import { formatCount, formatShare } from '../format.ts';
import { shapeText } from '../shape-text.ts';
import { factName, factValue } from './fact-words.ts';

export const LETTER = { left: 'A', right: 'B' } as const satisfies Record<Side, string>;

/** `4 × (5+10)`; of a service that nobody told the shape of `service`. */
export function sideShapeText({
  workers,
  pool,
  shapeKnown,
}: Pick<ComparedSide, 'workers' | 'pool' | 'shapeKnown'>): string {
  if (!shapeKnown) return 'service';
  return `${workers} × ${shapeText(pool)}`;
}

/** With more of them a name would be longer than what is said of it. */
const DIFFERENCES_IN_A_NAME_MAX = 2;

/**
 * What a side is called in a sentence: its shape where that tells the two apart, else with what does,
 * `4 × (5+10) at max-connections 30`, else with its letter.
 */
export function sideNames({
  left,
  right,
  declared,
}: Pick<CellPair, 'left' | 'right' | 'declared'>): Readonly<Record<Side, string>> {
  const shapes = { left: sideShapeText(left), right: sideShapeText(right) };
  if (shapes.left !== shapes.right) return shapes;
  if (declared.length === 0 || declared.length > DIFFERENCES_IN_A_NAME_MAX) {
    return { left: `A's ${shapes.left}`, right: `B's ${shapes.right}` };
  }
  const of = (side: Side): string =>
    `${shapes[side]} at ${declared.map((it: Difference) => `${factName(it.path)} ${factValue(it.path, it[side])}`).join(', ')}`;
  return { left: of('left'), right: of('right') };
}

/** What is wrong with a side, in a few words with its numbers; `null` where nothing is. */
export function troubleText({ state, requests }: ComparedSide): string | null {
  const { scheduled, failed, refused, ok } = requests;
  const share = (count: number): string => formatShare(Math.min(1, count / Math.max(1, scheduled)));
  switch (state) {
    case 'exhausted':
      return `is EXHAUSTED (${formatCount(refused)} refused, ${share(failed)} of its requests failed)`;
    case 'overloaded':
      return 'is OVERLOADED (more arrives than it answers)';
    case 'starved':
      return `is STARVED (pool timeouts, ${share(failed)} of its requests failed)`;
    case 'failing':
      return ok === 0
        ? 'answers NOTHING right'
        : `FAILS ${formatCount(failed)} of ${formatCount(scheduled)} requests (${share(failed)})`;
    case 'threshold_missed':
      return 'MISSES a threshold';
    case 'not_measured':
    case 'invalid':
    case 'usable':
      return null;
  }
}
