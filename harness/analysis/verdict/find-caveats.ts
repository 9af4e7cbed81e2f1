import { printDatabaseFault } from '../../plan/database-fault-parser.ts';
import { answered } from '../endings.ts';
import { sumOf } from '../failed-endings.ts';
import type { Caveat } from '../trial-result.ts';
import { CAVEAT_CODES, type CaveatCode } from './caveat-codes.ts';
import type { CaveatInput } from './caveat-input.ts';
import { caveat, degraded, type Finding, gated, invalid } from './caveats.ts';
import { percentText, secondsText } from './evidence-text.ts';
import { GENERATOR_CHECKS } from './generator-caveats.ts';
import { littleDeviation } from './load-laws.ts';
import { SERVICE_CHECKS } from './service-caveats.ts';
import { STEADY_CHECKS } from './steady-caveats.ts';

/** With fewer answers than this each, workers differ by chance. */
const ANSWERS_PER_WORKER_MIN = 30;

/** Processes tell each other in a few ms; a tenth of a second is what a result by seconds does not show. */
const FAULT_LATE_MS = 100;

/** What only those see who ran several trials of one cell. */
type OfRounds = 'rounds_spread';

/** One check a caveat; adding a code to the list without a check does not compile. */
const CHECKS: Readonly<
  Record<Exclude<CaveatCode, OfRounds>, (input: CaveatInput) => Finding | null>
> = {
  ...GENERATOR_CHECKS,
  ...STEADY_CHECKS,
  law_broken: ({ laws }) => {
    const broken = laws.filter(({ holds }) => !holds);
    if (broken.length === 0) return null;
    return invalid(broken.map(({ name, detail }) => `${name}: ${detail}`).join('; '));
  },
  worker_crashed: ({ seen }) =>
    seen.deaths.length === 0
      ? null
      : invalid(seen.deaths.map((it) => `worker ${it.worker} (${it.reason})`).join(', ')),
  worker_stalled: ({ seen: { account } }) => {
    if (account === null) return null;
    const { before, after } = account;
    const earlier = new Map(before.workers.map((it) => [it.worker, it.eventLoopStalls]));
    // A worker that started in the window may have stood still before it served anything.
    const stalled = after.workers.filter(
      ({ worker, eventLoopStalls }) => eventLoopStalls > (earlier.get(worker) ?? eventLoopStalls),
    );
    return stalled.length === 0
      ? null
      : degraded(stalled.map(({ worker }) => `worker ${worker}`).join(', '));
  },
  uneven_workers: ({ workers, seen: { plan } }) => {
    // In a rolling restart workers come and go, and cannot serve alike; a fault hits one harder than another.
    if (plan.rolloutSurge > 0 || plan.faults.length > 0 || workers.length < 2) return null;
    const answers = workers.map((it) => it.answers);
    const all = answers.reduce((sum, it) => sum + it, 0);
    if (all < ANSWERS_PER_WORKER_MIN * workers.length) return null;
    const [least, most] = [Math.min(...answers), Math.max(...answers)];
    return most <= plan.gates.workerImbalance * least
      ? null
      : degraded(`the busiest worker gave ${most} answers, the idlest ${least}`);
  },
  target_down: ({ seen }) => {
    const { ledger, durationMs, ended } = seen.load;
    if (ended === 'target_down')
      return invalid(`no answer any more after ${secondsText(durationMs)}`);
    const failedConnects = sumOf(ledger.connectionErrors);
    return answered(ledger) === 0 && failedConnects > 0
      ? invalid(`no answer at all, ${failedConnects} connects failed`)
      : null;
  },
  interrupted: ({ seen }) =>
    seen.load.ended === 'aborted' && seen.stoppedByThreshold === null
      ? invalid(stoppedAfter(seen))
      : null,
  stopped_by_threshold: ({ seen }) =>
    seen.load.ended === 'aborted' && seen.stoppedByThreshold !== null
      ? degraded(
          `${seen.stoppedByThreshold.expression} cannot be met any more (${seen.stoppedByThreshold.detail}): ${stoppedAfter(seen)}`,
        )
      : null,
  distance_late: ({ seen: { plan, distance } }) => {
    const { rttMs } = plan.distance;
    if (distance === null || distance.lateMsP50 === null || distance.lateMsP99 === null)
      return null;
    // Late on the way there, and late again on the way back.
    const excess = (2 * distance.lateMsP50) / rttMs;
    const late = `the network of ${rttMs} ms delivered ${distance.lateMsP50.toFixed(2)} ms late (median)`;
    const found = gated(
      excess,
      plan.gates.distanceExcess,
      `${late}, so a round trip took ${percentText(excess)} longer`,
    );
    if (found !== null) return found;
    return distance.lateMsP99 > plan.gates.dispatchLagMsP99.degraded
      ? degraded(
          `the network of ${rttMs} ms delivered ${distance.lateMsP99.toFixed(1)} ms late at p99, as the p99 of latencies may tell`,
        )
      : null;
  },
  fault_off: ({ seen: { faults, load } }) => {
    // One that a stopped run did not reach is that run's matter.
    if (load.ended !== 'completed') return null;
    const off = faults.flatMap((fault) => {
      const { atMs, startedMs } = fault;
      if (startedMs === null) return [`${printDatabaseFault(fault)} did not come`];
      const lateMs = startedMs - atMs;
      return lateMs <= FAULT_LATE_MS
        ? []
        : [`${printDatabaseFault(fault)} came ${Math.round(lateMs)} ms late`];
    });
    return off.length === 0 ? null : degraded(off.join(', '));
  },
  statements_lost: ({ seen: { api, load } }) => {
    const failed = load.ledger.attempts.httpErrors['sql_error'] ?? 0;
    if (!api.preparedStatements || api.statementsProblem === null || failed === 0) return null;
    return degraded(
      `${failed} of ${load.ledger.attempts.started} attempts failed by an SQL error while statements had names, and ${api.statementsProblem}`,
    );
  },
  pooler_untold: ({ seen: { plan, pooler } }) =>
    plan.pooler !== null && pooler === null
      ? degraded("PgBouncer's console did not tell what it did in the window")
      : null,
  ...SERVICE_CHECKS,
  unanswered_left: ({ seen }) => {
    const { unanswered, timeouts } = seen.load.ledger;
    return unanswered + timeouts > 0
      ? degraded(
          `${unanswered} unanswered and ${timeouts} timed out`,
          seen.load.ended === 'aborted' && timeouts === 0
            ? 'Latencies are "at least": these still waited when the run was stopped. Let it run to its end.'
            : undefined,
        )
      : null;
  },
  little_off: ({ seen }) => {
    const deviation = littleDeviation(seen.load);
    return deviation > seen.plan.gates.littleDeviation.degraded
      ? degraded(`L = λW closes within ${(deviation * 100).toFixed(1)} % only`)
      : null;
  },
  cpu_throttled: ({ seen: { host } }) =>
    (host.throttledPeriods ?? 0) > 0
      ? degraded(
          `out of CPU quota in ${host.throttledPeriods} periods, for ${Math.round(host.throttledMs ?? 0)} ms`,
        )
      : null,
  cpu_stolen: ({ seen: { host, plan } }) =>
    (host.cpuStealShare ?? 0) > plan.gates.cpuStealShare
      ? degraded(`${((host.cpuStealShare ?? 0) * 100).toFixed(1)} % of the CPU time was stolen`)
      : null,
  cpu_pressure: ({ seen: { host, plan } }) =>
    (host.cpuPressureShare ?? 0) > plan.gates.cpuPressureShare
      ? degraded(
          `some process waited for a CPU ${percentText(host.cpuPressureShare ?? 0)} of the time`,
        )
      : null,
  monitor_late: ({ seen: { server, plan } }) =>
    server !== null && server.longestGapMs > plan.gates.monitorGapMs
      ? degraded(`${Math.round(server.longestGapMs)} ms without a server-side sample`)
      : null,
  monitor_lost: ({ seen }) =>
    seen.server?.lost === true
      ? degraded("the monitor's connection ended during the window")
      : null,
};

export function findCaveats(input: CaveatInput): readonly Caveat[] {
  const caveats: Caveat[] = [];
  for (const code of CAVEAT_CODES) {
    if (code === 'rounds_spread') continue;
    const finding = CHECKS[code](input);
    if (finding !== null) caveats.push(caveat(code, finding));
  }
  return caveats;
}

/**
 * Against the rounds of one cell together, or `null`.
 *
 * @param what the number that differs, e.g. `throughput`
 * @param spread largest over smallest, minus 1
 */
export function roundsSpreadCaveat(
  { what, spread }: { readonly what: string; readonly spread: number },
  gates: { readonly roundsSpread: number },
): Caveat | null {
  if (spread <= gates.roundsSpread) return null;
  return caveat(
    'rounds_spread',
    degraded(
      `${what} differs by ${percentText(spread)} between the rounds, beyond ${percentText(gates.roundsSpread)}`,
    ),
  );
}

function stoppedAfter({ load, plan }: CaveatInput['seen']): string {
  return `stopped after ${secondsText(load.durationMs)} of ${secondsText(plan.durationMs)}`;
}
