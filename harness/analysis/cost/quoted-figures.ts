import type { Interval } from '../trial-result.ts';
import type { CostResult, QuotedResult } from './cost-result.ts';
import type { Duration } from './duration.ts';

/** A single figure is said of a magnitude: within this factor it holds. */
const SAME_MAGNITUDE = 1.5;
const MB = 1e6;

/** What people say that a connection costs. */
const QUOTED = {
  tcp: { low: 1, high: 3, text: '1–3 ms' },
  tls: { low: 5, high: 30, text: '5–30 ms' },
  scram: { low: 2, high: 5, text: '2–5 ms' },
  start: { low: 2 / SAME_MAGNITUDE, high: 2 * SAME_MAGNITUDE, text: '2 ms' },
  memory: { low: (10 * MB) / SAME_MAGNITUDE, high: 10 * MB * SAME_MAGNITUDE, text: '10 MB' },
} as const satisfies Readonly<Record<QuotedResult['id'], QuotedResult['quoted']>>;

/**
 * Each of the figures that are quoted, beside what was measured here with nothing in between.
 *
 * @param options.timesAreTooLong by what else the machine did meanwhile
 */
export function quotedFigures(
  { variants, tls, scram, memory }: Pick<CostResult, 'variants' | 'tls' | 'scram' | 'memory'>,
  { timesAreTooLong }: { readonly timesAreTooLong: boolean },
): readonly QuotedResult[] {
  const timeQuoted = (id: QuotedResult['id'], duration: Duration | null): QuotedResult => {
    const quoted = quotedResult(id, {
      unit: 'ms',
      measured:
        duration === null ? null : { value: duration.p50Ms, interval: duration.p50Interval },
    });
    const isCertain = quoted.finding === 'less' || quoted.finding === 'not_measured';
    return timesAreTooLong && !isCertain ? { ...quoted, finding: 'doubtful' } : quoted;
  };
  const phaseOf = (id: string, phase: 'connect' | 'session'): Duration | null => {
    const variant = variants.find((it) => it.id === id);
    return variant?.state === 'measured' ? variant.phases[phase] : null;
  };
  return [
    timeQuoted('tcp', phaseOf('tcp', 'connect')),
    timeQuoted('tls', tls),
    timeQuoted('scram', scram),
    timeQuoted('start', phaseOf('trust', 'session')),
    quotedResult('memory', {
      unit: 'bytes',
      // A session that lives as long as a pool's is one that has worked.
      measured:
        memory.state === 'measured' ? { value: memory.aged.pssBytes, interval: null } : null,
    }),
  ];
}

function quotedResult(
  id: QuotedResult['id'],
  { unit, measured }: Pick<QuotedResult, 'unit' | 'measured'>,
): QuotedResult {
  const quoted = QUOTED[id];
  const finding = measured === null ? 'not_measured' : findingOf(measured, quoted);
  return { id, unit, measured, quoted, finding };
}

/** By the whole of the interval, where there is one. */
function findingOf(
  { value, interval }: { readonly value: number; readonly interval: Interval | null },
  quoted: { readonly low: number; readonly high: number },
): QuotedResult['finding'] {
  const { low, high } = interval ?? { low: value, high: value };
  if (low >= quoted.low && high <= quoted.high) return 'holds';
  if (high < quoted.low) return 'less';
  return low > quoted.high ? 'more' : 'borderline';
}
