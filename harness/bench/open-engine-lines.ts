import { formatCount, formatMs, formatRatio, formatShare } from '../report/format.ts';
import { benchOpenEngine, type Dispatch, KEEPS_UP, keepsUp } from './open-engine.ts';

/** The part `open` of the bench, as lines; the first one is its title. */
export async function openEngineLines(): Promise<readonly string[]> {
  const { at2000, ladder, fullThrottle } = await benchOpenEngine({ durationMs: 3_000, rounds: 3 });
  const kept = ladder.filter(keepsUp).at(-1);
  const { open, autocannon, wrk, rounds } = fullThrottle;
  return [
    'Open load engine on one thread, Poisson arrivals, a server that does nothing in another process',
    `at 2,000/s (aim: short by ≤ 1 %, lag p99 ≤ 5 ms): ${dispatchText(at2000)}`,
    ...ladder.map((step) => `${formatCount(step.ratePerSecond)}/s: ${dispatchText(step)}`),
    kept === undefined
      ? 'no rate of the ladder was kept up with'
      : `keeps up with ${formatCount(kept.ratePerSecond)}/s: short by ≤ ${formatShare(KEEPS_UP.missedShareMax)}, lag p99 ≤ ${formatMs(KEEPS_UP.lagMsP99Max)}`,
    `full throttle over autocannon: ${formatRatio(open / autocannon)} (${formatCount(open)}/s, ${formatCount(autocannon)}/s), medians of ${rounds} rounds`,
    wrk === null
      ? 'wrk: SKIPPED, it is not installed (wrk)'
      : `full throttle over wrk with one thread: ${formatRatio(open / wrk)} (wrk ${formatCount(wrk)}/s)`,
    'autocannon and wrk are closed loops: they offer what they are answered, and record less of each request',
    'not included: several generator threads, bodies of any size, a network; the server shares the machine',
  ];
}

function dispatchText(dispatch: Dispatch): string {
  const { missedShare, droppedShare, lagMsP50, lagMsP99, eventLoopUtilization, cpuShare } =
    dispatch;
  return (
    `short by ${formatShare(missedShare)}, ${formatShare(droppedShare)} for want of a connection, ` +
    `lag p50 ${formatMs(lagMsP50)} p99 ${formatMs(lagMsP99)}, ` +
    `loop busy ${formatShare(eventLoopUtilization)}, CPU ${formatShare(cpuShare)} of a core`
  );
}
