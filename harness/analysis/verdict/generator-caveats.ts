import { PLAN_LIMITS } from '../../plan/trial-plan.ts';
import { QUANTILE_OF } from '../statistics/percentiles.ts';
import type { CaveatInput } from './caveat-input.ts';
import { degraded, type Finding, gated, invalid } from './caveats.ts';
import { percentText, secondsText } from './evidence-text.ts';

type GeneratorCaveat = 'generator_busy' | 'dispatch_late' | 'offered_short' | 'dropped_at_cap';

/**
 * Node's timers fire up to a millisecond late, and a little more where the machine is not idle: so
 * little is the clock's grain and not a busy generator, however short the latencies are.
 */
const TIMER_GRAIN_MS = 2;

/** A load generator that cannot keep up has failed to measure, whatever the tested system did. */
export const GENERATOR_CHECKS: Readonly<
  Record<GeneratorCaveat, (input: CaveatInput) => Finding | null>
> = {
  generator_busy: ({ seen: { plan, load }, generator, estimates }) => {
    const { eventLoopUtilization, stalledMs } = generator;
    const busy = gated(
      eventLoopUtilization,
      plan.gates.generatorUtilization,
      `the generator's event loop was busy ${percentText(eventLoopUtilization)} of the time`,
    );
    const share = load.durationMs > 0 ? stalledMs / load.durationMs : 0;
    const stood = `the generator stood still for ${secondsText(stalledMs)} of ${secondsText(load.durationMs)}`;
    const stalled = gated(share, plan.gates.generatorStalledShare, stood);
    if (stalled?.grade === 'INVALID') return stalled;
    const tellsTail = estimates.latencyMs.p999 !== null && share > 1 - QUANTILE_OF.p999;
    return (
      busy ??
      stalled ??
      (tellsTail ? degraded(`${stood}, as the p99.9 and the max may tell`) : null)
    );
  },
  dispatch_late: (input) => {
    const { gates } = input.seen.plan;
    const lagMs = input.generator.dispatchLagMsP99;
    if (lagMs === null) return null;
    const late = `the generator took requests up ${lagMs.toFixed(1)} ms late (p99)`;
    const byTime = gated(lagMs, gates.dispatchLagMsP99, late);
    const byShare = lateForThatLatency(input, lagMs, late);
    return byTime?.grade === 'INVALID' ? byTime : (byShare ?? byTime);
  },
  offered_short: ({ seen: { load, plan } }) => {
    if (load.offered === null || load.offered.due === 0) return null;
    const { due, issued } = load.offered;
    const short = (due - issued) / due;
    return gated(
      short,
      plan.gates.offeredShortfall,
      `${due - issued} of ${due} arrivals (${(short * 100).toFixed(1)} %) were due in the window and came too late for it`,
    );
  },
  dropped_at_cap: (input) => {
    const { load, plan } = input.seen;
    const { dropped, scheduled } = load.ledger;
    if (dropped === 0) return null;
    const share = dropped / scheduled;
    const detail = `${dropped} of ${scheduled} arrivals (${(share * 100).toFixed(1)} %) found all connections busy and were dropped`;
    const { droppedShare } = plan.gates;
    if (share > droppedShare.invalid && isBusy(input)) return invalid(detail);
    return share > droppedShare.degraded ? degraded(detail, capAdvice(input)) : null;
  },
};

/** The longest 1 % of the lags against the median latency, see `dispatchLagShareOfP50`. */
function lateForThatLatency(
  { estimates, wholeRunMsP50, seen: { plan } }: CaveatInput,
  lagMs: number,
  late: string,
): Finding | null {
  const medianMs = estimates.latencyMs.p50 ?? wholeRunMsP50;
  if (medianMs === null || medianMs === 0 || lagMs <= TIMER_GRAIN_MS) return null;
  const share = lagMs / medianMs;
  const found = gated(
    share,
    plan.gates.dispatchLagShareOfP50,
    `${late}, ${percentText(share)} of the median latency of ${medianMs.toFixed(1)} ms`,
  );
  // A lag that would be nothing to any other latency makes a short one doubtful, not unbelievable.
  return found?.grade === 'INVALID' && lagMs <= plan.gates.dispatchLagMsP99.degraded
    ? degraded(found.detail)
    : found;
}

/** Beyond what the same gates call degraded. */
function isBusy({ generator, seen: { plan } }: CaveatInput): boolean {
  const { generatorUtilization, dispatchLagMsP99 } = plan.gates;
  return (
    generator.eventLoopUtilization > generatorUtilization.degraded ||
    (generator.dispatchLagMsP99 ?? 0) > dispatchLagMsP99.degraded
  );
}

/** No cap is large enough for a queue that grows. */
function capAdvice({ seen: { plan }, steady }: CaveatInput): string | undefined {
  const { model } = plan.load;
  if (model.kind === 'closed' || steady.state === 'overloaded') return undefined;
  const doubled = Math.min(PLAN_LIMITS.connectionsMax, model.maxInFlight * 2);
  return `The dropped would have been the slowest, so latencies are "at least". Try --max-in-flight ${doubled}.`;
}
