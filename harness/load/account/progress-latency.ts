import { type LoadProgress, PROGRESS_QUANTILES } from '../load-engine.ts';
import type { Histogram } from './histogram.ts';

/** What the live line shows of the right answers so far. */
export function progressLatency(ok: Histogram): LoadProgress['latencyUs'] {
  const { maxUs } = ok;
  if (maxUs === null) return null;
  const at = (name: keyof typeof PROGRESS_QUANTILES): number =>
    ok.quantileUs(PROGRESS_QUANTILES[name]);
  return {
    p50: at('p50'),
    p90: at('p90'),
    p95: at('p95'),
    p99: at('p99'),
    p999: at('p999'),
    max: maxUs,
  };
}
