import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ReportData } from '../../../harness/report/html/report-data.ts';
import { type SweepView, viewSweep } from '../../../harness/report/sweep/sweep-view.ts';

/** The report's data with its look-ups: what every part of the page is drawn from. */
export interface Report {
  readonly data: ReportData;
  readonly view: SweepView;
}

export function makeReport(data: ReportData): Report {
  return { data, view: viewSweep(data.result) };
}

export const ReportContext = createContext<Report | null>(null);

export function useReport(): Report {
  const report = useContext(ReportContext);
  if (report === null) throw new Error('outside of a report');
  return report;
}
