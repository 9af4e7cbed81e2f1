import type { RowNoise } from '../noise.ts';

const QUIET = { p99Ms: 1, p999Ms: 1.2, maxMs: 1.5 } as const;

export const QUIET_HOST: RowNoise = {
  stub: QUIET,
  harness: QUIET,
  generatorMsP99: 1,
  host: { cpuPressureShare: 0, throttledPeriods: 0, throttledMs: 0, cpuStealShare: 0 },
};

export const NOISY_HOST: RowNoise = { ...QUIET_HOST, stub: { p99Ms: 7, p999Ms: 20, maxMs: 30 } };
