import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import type { ReportLine } from '../report-line.ts';

export const REPORT_DATA_VERSION = 1;

/** `id` of the page's `<script type="application/json">`, whose text is a `ReportData`. */
export const REPORT_DATA_ELEMENT = 'pool-lab-data';

/** Stands once in the shell, where the escaped JSON of a `ReportData` belongs. */
export const REPORT_DATA_PLACEHOLDER = '"pool-lab-data-goes-here"';

/** One pool shape in the words of one library. */
export interface ReportDialect {
  readonly dialect: string;
  readonly code: string;
  readonly notes: readonly string[];
}

/** What the page says of a situation beside what `result.situations` holds, in the same order. */
export interface ReportAnswer {
  /** The answer in one sentence, as every report of this run gives it. */
  readonly sentence: string;
  /** The best cell's shape; empty where no cell is usable, or the best one has no bounded shape. */
  readonly dialects: readonly ReportDialect[];
}

/**
 * All that the page shows. Its texts are arbitrary: settings, errors and the environment come from
 * outside, so the page treats every string as text and never as markup.
 */
export interface ReportData {
  readonly version: typeof REPORT_DATA_VERSION;
  /** Numbers rounded to more digits than are shown, and series of a bounded length. */
  readonly result: SweepResult;
  readonly answers: readonly ReportAnswer[];
  /** The command that makes the same plan again, ready to paste. */
  readonly commandLine: string;
  /** What of the result holds elsewhere, what does not, what is unknown. */
  readonly carriesOver: readonly ReportLine[];
  /** Sentences about what was left out or put together to keep the file small; empty: nothing was. */
  readonly condensed: readonly string[];
  /** Where the run was stored, as the user named it; `null` where it is not known. */
  readonly runDirectory: string | null;
}
