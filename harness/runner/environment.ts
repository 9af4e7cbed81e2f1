import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Environment } from '../analysis/trial-machine.ts';

/** The half of a result's environment that is this machine; the database's half comes from the monitor. */
export function machineEnvironment(
  poolLabVersion: string,
): Omit<Environment, 'postgres' | 'loadEngine'> {
  const processors = cpus();
  return {
    poolLabVersion,
    nodeVersion: process.version,
    platform: platform(),
    arch: arch(),
    osRelease: release(),
    cpuModel: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
  };
}
