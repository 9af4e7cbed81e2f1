import type { Caveat } from '../trial-result.ts';
import type { CaveatCode } from './caveat-codes.ts';

/** What to do about each of them, where the trial's own numbers do not tell it more exactly. */
export const CAVEAT_ADVICE: Readonly<Record<CaveatCode, string>> = {
  law_broken:
    'Requests were lost or counted twice. Run it again; if it stays, report it as a bug with the JSON result.',
  worker_crashed: 'A worker died during the window. Look at its last lines, then run it again.',
  target_down:
    'It stopped answering. Look at its log; the numbers up to then are kept but answer nothing.',
  interrupted: 'The run was stopped early. Run it again for its full duration.',
  stopped_by_threshold:
    'The numbers are of a part of the run. Run it without --abort-on-fail to see the rest.',
  generator_busy:
    'The load generator itself was short of CPU, or stopped. Stop what else runs, use --threads, a heavier workload or a machine with more cores.',
  dispatch_late:
    'Requests were sent later than they were due. Leave the generator a core of its own, or lower the rate.',
  offered_short:
    'The generator did not offer the rate that was asked for. Lower --rate, or give it --threads and a core of its own.',
  dropped_at_cap:
    'The dropped would have been the slowest, so latencies are "at least". Raise --max-in-flight, or lower --rate.',
  distance_late:
    'What stands for the network delivered late, so the database was farther away than asked for. Leave it a core, lower the load, or give a longer --db-rtt.',
  fault_off:
    'A fault did not come when it was asked for, so what followed is not its answer. Leave the network a core, and the run its full length.',
  statements_lost:
    'A named statement lives in one session, and the pooler gives each transaction another: 26000 where it is not there, 42P05 where it is somebody else’s. Leave --prepared-statements at auto, or use PgBouncer 1.21 or later, or --pooler-mode session.',
  pooler_untold:
    'Whether clients waited inside PgBouncer is not known, and the time shows as time in PostgreSQL. Look at the warnings; its console answers late where the machine is full.',
  shape_exceeded:
    'The shape it was told is not the one it has, so that nothing predicted by it holds. Count all its pools and processes, fill {workers}, {poolSize} and {maxOverflow} in, or tell what it has with --workers, --pool-size and --max-overflow.',
  no_connection:
    'What it was asked needs no database, or it has another one. Let it take its address from DATABASE_URL, or hand that over under the name it reads, --env NAME={databaseUrl}, and ask for something that is in there.',
  wrong_before_load:
    'It was wrong without any load, so that its failures say nothing of connections. Correct the request, or say what is right with an expected status.',
  drifting:
    'Measure longer or warm up longer (--warmup); if it stays, look for what grows: data, locks, memory.',
  overloaded:
    'More arrives than is answered: no latency stands for that, since it grows with the length of the run. Lower --rate.',
  level_shift:
    'Something changed in the middle: a checkpoint, another process, a plan. Look at the seconds in the JSON, run it again.',
  short_steady_state: 'Measure longer (--duration) or warm up longer (--warmup).',
  too_few_seconds:
    'Measure longer (--duration); in a few seconds nothing shows whether it is steady.',
  no_answers: 'Not one request was answered right: there is nothing to measure but the errors.',
  few_samples: 'Measure longer (--duration) or use a lower percentile.',
  wide_interval: 'Measure longer (--duration), or repeat it with --rounds.',
  unanswered_left:
    'Latencies are "at least". Measure longer, raise --drain or the request timeout.',
  little_off: 'In-flight and residence times differ. Measure longer, on a calmer machine.',
  worker_stalled:
    'A worker stood still for half a second or more, and with it its requests. Look for what blocks or starves it, then run it again.',
  uneven_workers:
    'One pool starves while another idles: keep-alive pins connections to workers. Use more connections than workers, by far.',
  cpu_throttled:
    'The CPU quota of this control group ran out and everything stood still. Raise the quota, or use fewer workers.',
  cpu_stolen:
    'Other virtual machines took CPU time. Run it again later, or on a dedicated machine.',
  cpu_pressure:
    'Processes queued for the CPU, so every latency has some of that in it. Stop what else runs, lower the load, or use more cores.',
  rounds_spread:
    'The rounds differ by more than what is to be compared. Add --rounds, measure longer, or calm the machine.',
  monitor_late:
    'Server-side samples came late, so a short peak may have been missed. Leave a core to the monitor.',
  monitor_lost: "The monitor lost its connection, so the server's side was not watched to the end.",
};

/** What was found against a trial. */
export interface Finding {
  readonly grade: Caveat['grade'];
  /** The fact, with its numbers. */
  readonly detail: string;
  /** What to do about it in this trial. @default the code's own advice */
  readonly advice?: string;
}

export function caveat(code: CaveatCode, { grade, detail, advice }: Finding): Caveat {
  return { code, grade, detail, advice: advice ?? CAVEAT_ADVICE[code] };
}

export function invalid(detail: string, advice?: string): Finding {
  return { grade: 'INVALID', detail, ...(advice === undefined ? {} : { advice }) };
}

export function degraded(detail: string, advice?: string): Finding {
  return { grade: 'DEGRADED', detail, ...(advice === undefined ? {} : { advice }) };
}

/** Beyond one of the gate's two values, or `null`. */
export function gated(
  value: number,
  gate: { readonly degraded: number; readonly invalid: number },
  detail: string,
): Finding | null {
  if (value > gate.invalid) return invalid(detail);
  return value > gate.degraded ? degraded(detail) : null;
}

/** The worst of the reasons; a trial without one is VALID. */
export function verdictOf(caveats: readonly Caveat[]): 'VALID' | 'DEGRADED' | 'INVALID' {
  if (caveats.some(({ grade }) => grade === 'INVALID')) return 'INVALID';
  return caveats.length > 0 ? 'DEGRADED' : 'VALID';
}
