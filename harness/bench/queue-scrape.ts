import { METRICS } from '../../server/contract.ts';

/** What one scrape of the API's /metrics says of its queue and of the database's slots. */
export interface QueueScrape {
  /** Requests waiting now, by worker. */
  readonly pending: readonly number[];
  /** The highest peak gauge of any worker. */
  readonly pendingPeak: number;
  /** Integral of the queues' lengths, over all workers. */
  readonly pendingSeconds: number;
  /** Time with a waiter, over all workers. */
  readonly saturatedSeconds: number;
  /** Connects that PostgreSQL refused (SQLSTATE 53300). */
  readonly refusals: number;
  /** Client backends of everybody; `null` where the monitor's numbers are not there. */
  readonly slotsTaken: number | null;
}

/** @throws Error where one of the API's own metrics is not there at all */
export function readQueueScrape(text: string): QueueScrape {
  const required = (name: string): readonly Sample[] => {
    const samples = samplesOf(text, name);
    if (samples.length === 0) throw new Error(`the scrape has no ${name}`);
    return samples;
  };
  const slots = samplesOf(text, METRICS.pgConnections);
  return {
    pending: required(METRICS.pendingRequests).map(({ value }) => value),
    pendingPeak: Math.max(...required(METRICS.pendingPeak).map(({ value }) => value)),
    pendingSeconds: sum(required(METRICS.pendingSecondsTotal)),
    saturatedSeconds: sum(required(METRICS.saturatedSecondsTotal)),
    refusals: sum(
      required(METRICS.connectErrorsTotal).filter(({ labels }) =>
        labels.includes('sqlstate="53300"'),
      ),
    ),
    slotsTaken: slots.length === 0 ? null : sum(slots),
  };
}

interface Sample {
  /** As they stand between the braces. */
  readonly labels: string;
  readonly value: number;
}

/**
 * Enough of the exposition format for series whose label values hold no braces, as the lab's do.
 * See https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details.
 */
function samplesOf(text: string, name: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith(name)) continue;
    const [, labels = '', value = ''] = /^(?:\{(.*)\})? (\S+)/.exec(line.slice(name.length)) ?? [];
    // Another metric whose name begins with this one's.
    if (value === '') continue;
    samples.push({ labels, value: Number(value) });
  }
  return samples;
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}
