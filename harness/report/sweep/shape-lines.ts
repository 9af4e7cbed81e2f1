import type { Situation } from '../../analysis/sweep/sweep-result.ts';
import { ABSENT } from '../format.ts';
import { panelText } from './cell-words.ts';
import type { SweepView } from './sweep-view.ts';

type Line = Situation['frontier'][number];

export const SHAPE_LINE_TITLES = [
  'workers',
  'fits',
  'seen to fit',
  'fits in a deploy',
  'seen to',
  'knee',
] as const;

/** How far each row of shapes goes, panel by panel: as predicted, as observed, and until it helps. */
export interface ShapeLines {
  readonly panel: string;
  readonly rows: readonly (readonly string[])[];
}

export function shapeLines(view: SweepView, situation: Situation): readonly ShapeLines[] {
  const panels = Map.groupBy(situation.frontier, keyOf);
  return [...panels.values()].flatMap((lines) => {
    const [first] = lines;
    if (first === undefined) return [];
    const panel = situation.panels.find((candidate) => keyOf(candidate) === keyOf(first));
    if (panel === undefined) return [];
    return [
      {
        panel: panelText(panel, usableOf(view, panel)),
        rows: lines.map((line) => [
          String(line.workers),
          sizeText(line.predictedSteady),
          sizeText(line.observedSteady),
          sizeText(line.predictedRollout),
          sizeText(line.observedRollout),
          kneeText(situation, line),
        ]),
      },
    ];
  });
}

/** Slots that the API's workers can have, of any cell of the panel. */
export function usableOf(view: SweepView, panel: Situation['panels'][number]): number | null {
  const id = panel.cells.flat().find((candidate) => candidate !== null);
  const cell = view.cell(id ?? null);
  return cell === null ? null : view.budget(cell).usable;
}

function keyOf({
  maxConnections,
  poolKind,
  maxOverflow,
}: Pick<Line, 'maxConnections' | 'poolKind' | 'maxOverflow'>): string {
  return `${maxConnections} ${poolKind} ${maxOverflow}`;
}

function kneeText({ knees }: Situation, line: Line): string {
  const knee = knees.find(
    (candidate) => candidate.workers === line.workers && keyOf(candidate) === keyOf(line),
  );
  return sizeText(knee?.poolSize ?? null);
}

function sizeText(poolSize: number | null): string {
  if (poolSize === null) return ABSENT;
  return poolSize === 0 ? 'unlimited' : String(poolSize);
}
