import type { QueueScrape } from './queue-scrape.ts';

/** One look at the API, by its metrics and by its own account at the same moment. */
export interface Tick {
  /** Monotonic, in ms. */
  readonly atMs: number;
  readonly scrape: QueueScrape;
  readonly account: {
    readonly workers: number;
    readonly waitingSeconds: number;
    readonly saturatedSeconds: number;
    readonly refusals: number;
    /** Longest queue of any worker since its start. */
    readonly waitingPeak: number;
  };
}

/** What one way of looking says of a window; `null`: it cannot say. */
export interface QueueFigures {
  /** Requests waiting, over all workers. */
  readonly meanQueue: number | null;
  /** Mean over the workers of the share of time in which somebody waited. */
  readonly saturatedShare: number | null;
  /** Longest queue of any worker. */
  readonly peak: number | null;
  readonly refusals: number | null;
  /** Whether it shows that anybody waited at all. */
  readonly sawWaiting: boolean;
}

export interface ScrapeViews {
  readonly truth: QueueFigures;
  readonly gauge: QueueFigures;
  readonly peakGauge: QueueFigures;
  readonly counter: QueueFigures;
  /** Whether a scrape found so many slots taken. */
  readonly sawSlotsTaken: (slots: number) => boolean;
}

/**
 * What scrapes of every `every`-th tick from `first` on say of the time between the first and the last
 * of them, `scrapes` in all, beside the account of the same time. The gauges' mean is that of all scrapes
 * but the first, so that each stands for the interval before it.
 *
 * @throws Error where there are fewer ticks, or less than two scrapes
 */
export function scrapeViews(
  ticks: readonly Tick[],
  { first, every, scrapes }: { first: number; every: number; scrapes: number },
): ScrapeViews {
  const seen = Array.from({ length: scrapes }, (_, index) => ticks[first + index * every]).filter(
    (tick) => tick !== undefined,
  );
  const [from] = seen;
  const to = seen.at(-1);
  if (seen.length < scrapes || from === undefined || to === undefined || from === to) {
    throw new Error(`${scrapes} scrapes, one in ${every} ticks from ${first}, of ${ticks.length}`);
  }
  const seconds = (to.atMs - from.atMs) / 1_000;
  const { workers } = to.account;
  const looks = seen.slice(1).map(({ scrape }) => scrape);
  const inside = (difference: number): number => difference / seconds;
  const accountWaiting = to.account.waitingSeconds - from.account.waitingSeconds;
  const counted = to.scrape.pendingSeconds - from.scrape.pendingSeconds;
  const pending = looks.map((look) => look.pending);
  const pendingPeak = Math.max(...looks.map((look) => look.pendingPeak));
  return {
    truth: {
      meanQueue: inside(accountWaiting),
      saturatedShare: inside(to.account.saturatedSeconds - from.account.saturatedSeconds) / workers,
      peak: to.account.waitingPeak,
      refusals: to.account.refusals - from.account.refusals,
      sawWaiting: accountWaiting > 0,
    },
    gauge: {
      meanQueue: mean(pending.map((queues) => queues.reduce((sum, queue) => sum + queue, 0))),
      saturatedShare: mean(pending.flat().map((queue) => (queue > 0 ? 1 : 0))),
      peak: Math.max(...pending.flat()),
      refusals: null,
      sawWaiting: pending.flat().some((queue) => queue > 0),
    },
    peakGauge: {
      meanQueue: null,
      saturatedShare: null,
      peak: pendingPeak,
      refusals: null,
      sawWaiting: pendingPeak > 0,
    },
    counter: {
      meanQueue: inside(counted),
      saturatedShare: inside(to.scrape.saturatedSeconds - from.scrape.saturatedSeconds) / workers,
      peak: null,
      refusals: to.scrape.refusals - from.scrape.refusals,
      sawWaiting: counted > 0,
    },
    sawSlotsTaken: (slots) => looks.some(({ slotsTaken }) => (slotsTaken ?? 0) >= slots),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
