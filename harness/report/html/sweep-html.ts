import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { condensedSweep } from './condensed-sweep.ts';
import { embeddedJson } from './embedded-json.ts';
import { REPORT_DATA_PLACEHOLDER, type ReportData } from './report-data.ts';
import { type RunFacts, sweepReportData } from './sweep-report-data.ts';

/** The whole file. 200 cells stay below a MiB with it, which mail and artefact viewers still show. */
const FILE_BYTES_TARGET = 1_030_000;

export interface SweepHtmlOptions extends RunFacts {
  /** The page as it was built, with `REPORT_DATA_PLACEHOLDER` in it once. */
  readonly shell: string;
  /** Takes secrets out of a text; the file is written as it is returned. */
  readonly redact: (text: string) => string;
}

/** One HTML file that shows the sweep without any network: the page with its data inside. */
export function sweepHtml(
  result: SweepResult,
  { shell, redact, ...facts }: SweepHtmlOptions,
): string {
  const data = sweepReportData(result, facts);
  const fill = (changes: Partial<ReportData>): string =>
    filledShell({ shell, json: embeddedJson({ ...data, ...changes }, redact) });
  const around = new TextEncoder().encode(fill({ result: { ...result, cells: [] } }));
  const condensed = condensedSweep(result, FILE_BYTES_TARGET - around.byteLength);
  return fill({ result: condensed.result, condensed: condensed.sentences });
}

/** The page with these data, the JSON of a `ReportData`. */
export function filledShell({ shell, json }: { shell: string; json: string }): string {
  const [before, after, ...more] = shell.split(REPORT_DATA_PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error('the page of the report has not exactly one place for its data');
  }
  return before + json + after;
}
