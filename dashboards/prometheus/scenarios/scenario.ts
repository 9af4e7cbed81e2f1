import type { Windows } from '../windows.ts';

export interface InputSeries {
  readonly series: string;
  /**
   * One value a scrape, in promtool's notation: `0x20 5+1x10` is 21 zeros, then 5 to 15; `_` no sample, `stale`
   * the end of the series.
   */
  readonly values: string;
}

/** An alert that fires, with what its texts say. */
export interface Firing {
  readonly alert: string;
  /** Of the series it fires for, where that is not the API. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `$value` as the texts show it. */
  readonly value: string;
}

/** What a recorded series is at some time. */
export interface Recorded {
  readonly record: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Check {
  /** After so many scrapes. */
  readonly at: number;
  /** All alerts that fire then, and no other. */
  readonly firing: readonly Firing[];
  readonly recorded?: readonly Recorded[];
}

/** Series as they might be scraped, and what the rules make of them. */
export interface Scenario {
  readonly name: string;
  readonly series: readonly InputSeries[];
  readonly checks: readonly Check[];
}

export type ScenariosOf = (windows: Windows) => readonly Scenario[];

/** How a scrape labels the lab's API. */
export const API = { job: 'pool-lab-api', instance: 'api:9464' } as const;
export const API_WORKER = { ...API, worker: '1' } as const;

/** A series of the API's, or of whom `labels` say. */
export function input(
  metric: string,
  labels: Readonly<Record<string, string>>,
  values: string,
): InputSeries {
  return { series: seriesName(metric, { ...API, ...labels }), values };
}

/** `metric{a="b"}` */
export function seriesName(metric: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${metric}{${matchers.join(',')}}`;
}

/** A check that no alert fires. */
export const silent = (at: number): Check => ({ at, firing: [] });
