import type { Situation } from '../../analysis/sweep/sweep-result.ts';
import { ABSENT } from '../format.ts';
import { panelText } from './cell-words.ts';
import type { SweepView } from './sweep-view.ts';

type Line = Situation['frontier'][number];

interface Column {
  readonly title: string;
  read(line: Line, situation: Situation): string;
}

const OBSERVED_ROLLOUT: Column = {
  title: 'seen to',
  read: ({ observedRollout }) => sizeText(observedRollout),
};
const COLUMNS: readonly Column[] = [
  { title: 'workers', read: ({ workers }) => String(workers) },
  { title: 'fits', read: ({ predictedSteady }) => sizeText(predictedSteady) },
  { title: 'seen to fit', read: ({ observedSteady }) => sizeText(observedSteady) },
  { title: 'fits in a deploy', read: ({ predictedRollout }) => sizeText(predictedRollout) },
  OBSERVED_ROLLOUT,
  { title: 'knee', read: (line, situation) => kneeText(situation, line) },
];

/** What the columns tell. */
export const SHAPE_LINES_TEXT =
  'largest of the measured pool sizes that fits, predicted and observed, and from which on more gives nothing (the knee)';

/** How far each row of shapes goes, panel by panel: as predicted, as observed, and until it helps. */
export interface ShapeLines {
  readonly panel: string;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function shapeLines(view: SweepView, situation: Situation): readonly ShapeLines[] {
  const panels = Map.groupBy(situation.frontier, keyOf);
  // Only a rolling restart shows what a deploy takes; without one the column has nothing to say.
  const rolled = situation.frontier.some(({ observedRollout }) => observedRollout !== null);
  const columns = COLUMNS.filter((column) => rolled || column !== OBSERVED_ROLLOUT);
  return [...panels.values()].flatMap((lines) => {
    const [first] = lines;
    if (first === undefined) return [];
    const panel = situation.panels.find((candidate) => keyOf(candidate) === keyOf(first));
    if (panel === undefined) return [];
    return [
      {
        panel: panelText(panel, usableOf(view, panel)),
        titles: columns.map(({ title }) => title),
        rows: lines.map((line) => columns.map(({ read }) => read(line, situation))),
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
