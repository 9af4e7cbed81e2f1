/** One paragraph: a label, its text, perhaps rows that must not be wrapped. */
export interface ReportLine {
  readonly label: string;
  readonly text: string;
  /** Tables: laid out already. */
  readonly rows?: readonly string[];
}
