/** How fast a Prometheus looks, which is all that the two rule files differ in. */
export interface Windows {
  readonly name: 'lab' | 'production';
  /** Every window is a number of scrapes: shorter ones would see too few samples, longer ones too late. */
  readonly scrapeSeconds: number;
}

export const LAB: Windows = { name: 'lab', scrapeSeconds: 1 };
/** Prometheus' own default is a minute; 15 s is what most installations set. */
export const PRODUCTION: Windows = { name: 'production', scrapeSeconds: 15 };
export const ALL_WINDOWS: readonly Windows[] = [LAB, PRODUCTION];

/** Windows and delays, in scrapes. */
export const SCRAPES = {
  /** 8 s, or 2 min: a rate needs two samples, and half of the scrapes may fail. */
  rate: 8,
  /** 2 s, or 30 s: for what is no passing state. */
  brief: 2,
  /** 4 s, or 1 min: for what a burst does too. */
  short: 4,
  /** 8 s, or 2 min: for what is normal for a while, as during a rolling deploy. */
  steady: 8,
  /** 2 min, or 30 min: how long a target that vanished is remembered. */
  memory: 120,
} as const;

/** A number of scrapes as Prometheus writes durations: `8s`, `2m`, `1h`. */
export function duration(scrapes: number, { scrapeSeconds }: Windows): string {
  const seconds = scrapes * scrapeSeconds;
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** The window of rates. */
export const rateWindow = (windows: Windows): string => duration(SCRAPES.rate, windows);
