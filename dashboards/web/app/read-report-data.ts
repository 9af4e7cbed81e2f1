import {
  REPORT_DATA_ELEMENT,
  REPORT_DATA_VERSION,
  type ReportData,
} from '../../../harness/report/html/report-data.ts';

/**
 * The data that stands in the page. Its maker validated it against the schema of sweeps, so that here
 * only the version is looked at: a shell and data of two versions must not be mixed.
 */
export function readReportData(page: Pick<Document, 'getElementById'>): ReportData {
  const text = page.getElementById(REPORT_DATA_ELEMENT)?.textContent ?? '';
  const data: unknown = JSON.parse(text);
  if (!isReportData(data)) {
    throw new Error(`the page needs data of version ${REPORT_DATA_VERSION}`);
  }
  return data;
}

function isReportData(data: unknown): data is ReportData {
  return (
    typeof data === 'object' &&
    data !== null &&
    'version' in data &&
    data.version === REPORT_DATA_VERSION
  );
}
