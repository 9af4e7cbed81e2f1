import { formatCount, formatShare } from '../report/format.ts';
import { table } from '../report/text-layout.ts';
import type { LabDeps } from '../runner/lab.ts';
import {
  CYCLE_MS,
  recordScrapes,
  SCRAPE_MS,
  type ScrapeRecord,
  USUAL_SCRAPE_MS,
  WINDOW_MS,
} from './scrape-interval.ts';
import { type QueueFigures, type ScrapeViews, scrapeViews } from './scrape-views.ts';

/** The part `scrape` of the bench, as lines; the first one is its title. */
export async function scrapeLines(deps: LabDeps): Promise<readonly string[]> {
  const record = await recordScrapes(deps);
  if (record.ticksMissed > 0) {
    return [
      'What scrapes see of short bursts: not measured',
      `${record.ticksMissed} scrapes were missed, the machine was too busy; run it again`,
    ];
  }
  return linesOf(record);
}

export function linesOf({ ticks, load, slotsForAll }: ScrapeRecord): readonly string[] {
  const every = USUAL_SCRAPE_MS / SCRAPE_MS;
  const phases = Array.from({ length: every }, (_, first) => first);
  const often = phases.map((first) =>
    scrapeViews(ticks, { first, every: 1, scrapes: WINDOW_MS / SCRAPE_MS + 1 }),
  );
  const seldom = phases.map((first) =>
    scrapeViews(ticks, { first, every, scrapes: WINDOW_MS / USUAL_SCRAPE_MS + 1 }),
  );
  const row = (
    name: string,
    views: readonly ScrapeViews[],
    of: (views: ScrapeViews) => QueueFigures,
  ): readonly string[] => {
    const figures = views.map(of);
    const blind = figures.filter(({ sawWaiting }) => !sawWaiting).length;
    return [
      name,
      range(
        figures.map(({ meanQueue }) => meanQueue),
        (value) => value.toFixed(2),
      ),
      range(
        figures.map(({ saturatedShare }) => saturatedShare),
        formatShare,
      ),
      range(
        figures.map(({ peak }) => peak),
        formatCount,
      ),
      range(
        figures.map(({ refusals }) => refusals),
        formatCount,
      ),
      `${blind} of ${figures.length}`,
    ];
  };
  const rows = [
    ['', 'mean queue', 'time with a waiter', 'longest queue', '53300', 'saw nobody wait'],
    row('truth', seldom, ({ truth }) => truth),
    row('gauge, 1 s', often, ({ gauge }) => gauge),
    row('gauge, 15 s', seldom, ({ gauge }) => gauge),
    row('peak gauge, 15 s', seldom, ({ peakGauge }) => peakGauge),
    row('integral counter, 15 s', seldom, ({ counter }) => counter),
  ];
  const off = Math.max(
    ...seldom.map(({ truth, counter }) =>
      Math.abs((counter.meanQueue ?? 0) / (truth.meanQueue ?? 0) - 1),
    ),
  );
  const crowded = [often, seldom].map(
    (views) => views.filter(({ sawSlotsTaken }) => !sawSlotsTaken(slotsForAll)).length,
  );
  const { ledger } = load;
  return [
    `What scrapes see of bursts of 2 s: one that starves the pools and one that PostgreSQL refuses, every ${CYCLE_MS / 1_000} s`,
    ...table(rows, ['left', 'right', 'right', 'right', 'right', 'right']),
    `over windows of ${WINDOW_MS / 1_000} s; from … to: by the moment of its 15 s at which a target is scraped, all ${every} of them`,
    `the counter is off the truth of the same time by ${formatShare(off)} at most`,
    `all slots taken, by the gauge of connections: not seen from ${crowded[0]} of ${every} moments at 1 s, from ${crowded[1]} at 15 s`,
    `the clients' account: ${formatCount(ledger.ok)} right, ${formatCount(ledger.httpErrors['too_many_connections'] ?? 0)} refused with 53300, ${formatCount(ledger.dropped)} dropped; what the right ones waited makes a mean queue of ${clientsMeanQueue(load).toFixed(2)} over ${WINDOW_MS / 1_000} s`,
    'truth: differences of the account each worker keeps, read at the same moments; queues over both workers, the longest of one worker since its start',
    'not included: bursts out of step with the scrapes, which a gauge meets now and then, each time as if they had lasted 15 s; the extrapolation of rate() to the edges of its range; scrapes that fail',
  ];
}

/**
 * Little's law on what right answers waited, by the API's own word in each. All bursts are inside every
 * window, and next to nobody waits outside of them.
 */
function clientsMeanQueue({ breakdown }: ScrapeRecord['load']): number {
  const waitUs = breakdown.reduce((sum, { sumUs }) => sum + sumUs.wait, 0);
  return waitUs / 1_000 / WINDOW_MS;
}

function range(values: readonly (number | null)[], format: (value: number) => string): string {
  const told = values.filter((value) => value !== null);
  if (told.length === 0) return '–';
  const [low, high] = [format(Math.min(...told)), format(Math.max(...told))];
  return low === high ? low : `${low} to ${high}`;
}
