import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Environment } from '../analysis/trial-machine.ts';

/** The half of a result's environment that is this machine; the database's half comes from the monitor. */
export function machineEnvironment(
  poolLabVersion: string,
): Omit<Environment, 'postgres' | 'loadEngine'> {
  return {
    poolLabVersion,
    nodeVersion: process.version,
    platform: platform(),
    arch: arch(),
    osRelease: release(),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    // Those that this process and its children may use: a container or `taskset` leaves fewer than there are.
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}
