import type { Gates } from '../../plan/gates.ts';
import type { Host } from '../trial-machine.ts';

/** Connections are made one at a time: on an idle machine hardly anything waits for a CPU then. */
const PRESSURE_SHARE_MAX = 0.25;

/** What the machine did meanwhile that makes times doubtful. */
export function hostDoubts(host: Host, gates: Pick<Gates, 'cpuStealShare'>): readonly string[] {
  const { cpuPressureShare, cpuStealShare, throttledPeriods, throttledMs } = host;
  const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  return [
    ...(cpuPressureShare !== null && cpuPressureShare > PRESSURE_SHARE_MAX
      ? [
          `something waited for a CPU in ${percent(cpuPressureShare)} of the time while connections were made one at a time (${percent(PRESSURE_SHARE_MAX)} is the bound): the machine is busy with other things, and times are too long`,
        ]
      : []),
    ...(cpuStealShare !== null && cpuStealShare > gates.cpuStealShare
      ? [`the hypervisor gave ${percent(cpuStealShare)} of the CPU time to others`]
      : []),
    ...(throttledPeriods !== null && throttledPeriods > 0
      ? [
          `the control group was out of CPU quota for ${Math.round(throttledMs ?? 0)} ms, in ${throttledPeriods} periods`,
        ]
      : []),
  ];
}
