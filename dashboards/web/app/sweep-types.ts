import type { ReportData } from '../../../harness/report/html/report-data.ts';

/* What the page's parts show, each by the name the project has for it. */
export type Sweep = ReportData['result'];
export type Situation = Sweep['situations'][number];
export type Panel = Situation['panels'][number];
export type Line = Situation['frontier'][number];
export type Cell = Sweep['cells'][number];
export type CellState = Cell['state'];
export type Series = NonNullable<Cell['series']>;
export type Estimate = NonNullable<Cell['goodputPerSecond']>;
export type Ratio = NonNullable<Cell['againstBest']>;
