import { GONE_WORKERS_PREFIX } from '../../../server/contract.ts';
import { rateWindow, type Windows } from '../windows.ts';

/**
 * Workers come and go. What those counted that have been dead for long is put together in a series that begins
 * at that, which is no event of that moment; a service without the lab's label has no such worker either.
 */
const LIVE = `worker!~"${GONE_WORKERS_PREFIX}.*"`;

/** A metric's series of workers, not of what is left of long-dead ones. */
export function ofWorkers(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[...matchers, LIVE].join(', ')}}`;
}

/** Per second, for each series of a counter. */
export function rateOf(selector: string, windows: Windows): string {
  return `rate(${selector}[${rateWindow(windows)}])`;
}

/**
 * How often something was counted within the window, by job and instance; nothing where it was not. A counter
 * whose first event makes it appear has no zero to be compared with, and `increase()` would miss that
 * event: it counts whole, if its process was scraped before.
 */
export function eventsWithin(selector: string, windows: Windows): string {
  const window = rateWindow(windows);
  return `sum by (job, instance) (
  increase(${selector}[${window}]) > 0
  or
  (${selector} > 0 unless ${selector} offset ${window})
    and on (job, instance) up offset ${window} == 1
)`;
}
