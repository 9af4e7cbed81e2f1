import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { condensedSweep } from './condensed-sweep.ts';
import { embeddedJson } from './embedded-json.ts';
import { REPORT_DATA_PLACEHOLDER, type ReportData } from './report-data.ts';
import { type RunFacts, sweepReportData } from './sweep-report-data.ts';

/** The whole file. 200 cells stay below a MiB with it, which mail and artefact viewers still show. */
const FILE_BYTES_TARGET = 1_000_000;

export interface SweepHtmlOptions extends RunFacts {
  /** The page as it was built, with `REPORT_DATA_PLACEHOLDER` in it once. */
  readonly shell: string;
}

/** One HTML file that shows the sweep without any network: the page with its data inside. */
export function sweepHtml(result: SweepResult, { shell, ...facts }: SweepHtmlOptions): string {
  const data = sweepReportData(result, facts);
  const around = filledShell({ ...data, result: { ...result, cells: [] } }, shell);
  const bytesLeft = FILE_BYTES_TARGET - new TextEncoder().encode(around).byteLength;
  const condensed = condensedSweep(result, bytesLeft);
  return filledShell({ ...data, result: condensed.result, condensed: condensed.sentences }, shell);
}

/** The page with these data, whatever they are. */
export function filledShell(data: ReportData, shell: string): string {
  const [before, after, ...more] = shell.split(REPORT_DATA_PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error('the page of the report has not exactly one place for its data');
  }
  return before + embeddedJson(data) + after;
}
