import type { CaveatCode } from './caveat-codes.ts';
import type { Caveat } from './trial-result.ts';

/** What to do about each of them. */
export const CAVEAT_ADVICE: Readonly<Record<CaveatCode, string>> = {
  law_broken:
    'Requests were lost or counted twice. Run it again; if it stays, report it as a bug with the JSON result.',
  worker_crashed: 'A worker died during the window. Look at its last lines, then run it again.',
  worker_stalled:
    'A worker stood still for half a second or more, and with it its requests. Look for what blocks or starves it, then run it again.',
  target_down:
    'The API stopped answering. Look at its log; the numbers up to then are kept but answer nothing.',
  interrupted: 'The run was stopped early. Run it again for its full duration.',
  no_answers: 'Not one request was answered right: there is nothing to measure but the errors.',
  few_samples:
    'Measure longer (--duration) or drop the percentile: a tail needs at least ten samples beyond it.',
  generator_busy:
    'The load generator itself was short of CPU. Use fewer connections, a heavier workload or a machine with more cores.',
  monitor_late:
    'Server-side samples came late, so a short peak may have been missed. Leave a core to the monitor.',
  little_off: 'In-flight and residence times differ. Measure longer, on a calmer machine.',
  unanswered_left:
    'Requests were still open at the end; latencies are "at least". Measure longer or raise --drain.',
  monitor_lost: "The monitor lost its connection, so the server's side was not watched to the end.",
};

export function caveat(code: CaveatCode, grade: Caveat['grade'], detail: string): Caveat {
  return { code, grade, detail, advice: CAVEAT_ADVICE[code] };
}

/** The worst of the reasons; a trial without one is VALID. */
export function verdictOf(caveats: readonly Caveat[]): 'VALID' | 'DEGRADED' | 'INVALID' {
  if (caveats.some(({ grade }) => grade === 'INVALID')) return 'INVALID';
  return caveats.length > 0 ? 'DEGRADED' : 'VALID';
}
