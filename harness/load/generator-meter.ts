import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { LoadResult } from './load-engine.ts';
import { US_PER_MS } from './monotonic-clock.ts';
import { STALL_BEAT_MS, StallClock } from './stall-clock.ts';

/**
 * Interval of the delay's own timer. Node records the whole interval between two firings, so an
 * idle loop reads 10 ms here: the interval is taken off again.
 */
const DELAY_RESOLUTION_MS = 10;
const NS_PER_MS = 1_000_000;

/** How busy the generator itself was: a busy one measures itself. */
export interface GeneratorMeter {
  /** Busy share of the event loop since it was last asked for, or since the start; 0 to 1. */
  recentUtilization(): number;
  /** Ends the measurement and says what was used since the start. */
  stop(): LoadResult['generator'];
}

export function startGeneratorMeter(): GeneratorMeter {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  const stalls = new StallClock(performance.now());
  const beat = setInterval(() => stalls.beat(performance.now()), STALL_BEAT_MS).unref();
  const cpuAtStart = process.cpuUsage();
  const loopAtStart = performance.eventLoopUtilization();
  let lastLoop = loopAtStart;
  return {
    recentUtilization: () => {
      const loop = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(loop, lastLoop);
      lastLoop = loop;
      return utilization;
    },
    stop: () => {
      const cpu = process.cpuUsage(cpuAtStart);
      const { utilization } = performance.eventLoopUtilization(loopAtStart);
      delay.disable();
      clearInterval(beat);
      stalls.beat(performance.now());
      const p99Ms = delay.count === 0 ? 0 : delay.percentile(99) / NS_PER_MS;
      return {
        threads: 1,
        cpuMs: (cpu.user + cpu.system) / US_PER_MS,
        eventLoopUtilization: utilization,
        eventLoopDelayMsP99: Math.max(0, p99Ms - DELAY_RESOLUTION_MS),
        stalledMs: stalls.stalledMs,
      };
    },
  };
}
