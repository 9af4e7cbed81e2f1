import { condensedSweep } from './condensed-sweep.ts';
import { embeddedJson } from './embedded-json.ts';
import { REPORT_DATA_PLACEHOLDER, REPORT_DATA_VERSION, type ReportData } from './report-data.ts';

/** The whole file. 200 cells stay below a MiB with it, which mail and artefact viewers still show. */
const FILE_BYTES_TARGET = 1_000_000;

/** What the page shows, before it is made small. */
export type SweepHtmlInput = Omit<ReportData, 'version' | 'condensed'>;

/**
 * One HTML file that shows the sweep without any network: the shell with the data inside.
 *
 * @param shell the page as it was built, with `REPORT_DATA_PLACEHOLDER` in it once
 */
export function sweepHtml(input: SweepHtmlInput, shell: string): string {
  const [before, after, ...more] = shell.split(REPORT_DATA_PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error('the shell of the report has not exactly one place for its data');
  }
  const around = new TextEncoder().encode(
    before + after + embeddedJson({ ...input, result: null }),
  );
  const { result, sentences } = condensedSweep(input.result, FILE_BYTES_TARGET - around.byteLength);
  const data: ReportData = { ...input, version: REPORT_DATA_VERSION, result, condensed: sentences };
  return before + embeddedJson(data) + after;
}
