import { CAVEAT_CODES, type CaveatCode } from './caveat-codes.ts';
import { caveat } from './caveats.ts';
import { answered, LITTLE_DEGRADED_ABOVE, littleDeviation, total } from './laws.ts';
import type { TrialObservations } from './summarize.ts';
import type { Caveat, Law, Percentiles } from './trial-result.ts';

export interface CaveatInput {
  readonly seen: TrialObservations;
  readonly laws: readonly Law[];
  readonly latencyOk: Percentiles;
}

type Grade = Caveat['grade'];
/** What was found against the trial, or `null`. */
type Finding = { readonly grade: Grade; readonly detail: string } | null;

const GENERATOR_UTILIZATION = { degraded: 0.7, invalid: 0.9 } as const;
/** Samples are due every 100 ms; a gap of half a second hides a short peak. */
const SAMPLE_GAP_MS_MAX = 500;

/** One check a caveat; adding a code to the list without a check does not compile. */
const CHECKS: Readonly<Record<CaveatCode, (input: CaveatInput) => Finding>> = {
  law_broken: ({ laws }) => {
    const broken = laws.filter(({ holds }) => !holds);
    if (broken.length === 0) return null;
    return invalid(broken.map(({ name, detail }) => `${name}: ${detail}`).join('; '));
  },
  worker_crashed: ({ seen }) =>
    seen.deaths.length === 0
      ? null
      : invalid(seen.deaths.map((it) => `worker ${it.worker} (${it.reason})`).join(', ')),
  worker_stalled: ({ seen: { before, after } }) => {
    const earlier = new Map(before.workers.map((it) => [it.worker, it.eventLoopStalls]));
    // A worker that started in the window may have stood still before it served anything.
    const stalled = after.workers.filter(
      ({ worker, eventLoopStalls }) => eventLoopStalls > (earlier.get(worker) ?? eventLoopStalls),
    );
    return stalled.length === 0
      ? null
      : degraded(stalled.map(({ worker }) => `worker ${worker}`).join(', '));
  },
  target_down: ({ seen }) => {
    const { ledger, durationMs, ended } = seen.load;
    if (ended === 'target_down') return invalid(`no answer any more after ${seconds(durationMs)}`);
    const failedConnects = total(ledger.connectionErrors);
    return answered(ledger) === 0 && failedConnects > 0
      ? invalid(`no answer at all, ${failedConnects} connects failed`)
      : null;
  },
  interrupted: ({ seen }) =>
    seen.load.ended === 'aborted'
      ? invalid(
          `stopped after ${seconds(seen.load.durationMs)} of ${seconds(seen.plan.durationMs)}`,
        )
      : null,
  no_answers: ({ seen }) =>
    seen.load.ledger.ok === 0
      ? degraded(`0 of ${seen.load.ledger.scheduled} requests were answered right`)
      : null,
  few_samples: ({ latencyOk }) =>
    latencyOk.samples > 0 && latencyOk.p95 === null
      ? degraded(`${latencyOk.samples} latencies are too few for a p95`)
      : null,
  generator_busy: ({ seen }) => {
    const { eventLoopUtilization: busy } = seen.load.generator;
    const detail = `the generator's event loop was busy ${Math.round(busy * 100)} % of the time`;
    if (busy > GENERATOR_UTILIZATION.invalid) return invalid(detail);
    return busy > GENERATOR_UTILIZATION.degraded ? degraded(detail) : null;
  },
  monitor_late: ({ seen }) =>
    seen.server.longestGapMs > SAMPLE_GAP_MS_MAX
      ? degraded(`${Math.round(seen.server.longestGapMs)} ms without a server-side sample`)
      : null,
  little_off: ({ seen }) => {
    const deviation = littleDeviation(seen.load);
    return deviation > LITTLE_DEGRADED_ABOVE
      ? degraded(`L = λW closes within ${(deviation * 100).toFixed(1)} % only`)
      : null;
  },
  unanswered_left: ({ seen }) => {
    const { unanswered, timeouts } = seen.load.ledger;
    return unanswered + timeouts > 0
      ? degraded(`${unanswered} unanswered and ${timeouts} timed out`)
      : null;
  },
  monitor_lost: ({ seen }) =>
    seen.server.lost ? degraded("the monitor's connection ended during the window") : null,
};

export function findCaveats(input: CaveatInput): readonly Caveat[] {
  const caveats: Caveat[] = [];
  for (const code of CAVEAT_CODES) {
    const finding = CHECKS[code](input);
    if (finding !== null) caveats.push(caveat(code, finding.grade, finding.detail));
  }
  return caveats;
}

function invalid(detail: string): Finding {
  return { grade: 'INVALID', detail };
}

function degraded(detail: string): Finding {
  return { grade: 'DEGRADED', detail };
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
