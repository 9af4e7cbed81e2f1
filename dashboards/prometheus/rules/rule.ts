import type { Windows } from '../windows.ts';

export interface RecordingRule {
  /** As in Prometheus' convention: what the series are of, the metric, what was done to it. */
  readonly record: string;
  readonly expr: string;
  readonly why: string;
}

/** critical: requests fail now, or the next one may; warning: on the way there; info: look at it by day. */
export type Severity = 'critical' | 'warning' | 'info';

export interface AlertRule {
  readonly alert: string;
  readonly severity: Severity;
  /** How long it must last, in scrapes. */
  readonly forScrapes: number;
  readonly expr: string;
  /** Which metrics it lives on, since not every service has those of the lab. */
  readonly needs: string;
  /** One line with the value. */
  readonly summary: string;
  /** What it means and what to do first. */
  readonly description: string;
}

/** Rules of one subject, evaluated in order: what alerts read was recorded a moment before. */
export interface RuleGroup {
  readonly name: string;
  readonly recording: readonly RecordingRule[];
  readonly alerts: readonly AlertRule[];
}

/** The rules of a subject with these windows. */
export type RuleGroupOf = (windows: Windows) => RuleGroup;
