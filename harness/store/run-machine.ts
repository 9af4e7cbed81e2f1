import { z } from 'zod';
import type { RunMachine } from './stored-run.ts';

export const runMachineSchema = z.strictObject({
  poolLabVersion: z.string(),
  nodeVersion: z.string(),
  platform: z.string(),
  arch: z.string(),
  osRelease: z.string(),
  cpuModel: z.string(),
  cores: z.int(),
  memoryBytes: z.int(),
}) satisfies z.ZodType<RunMachine>;

/** Field by field: whatever else a caller knows of its machine is not stored. */
export function pickRunMachine(machine: RunMachine): RunMachine {
  const { poolLabVersion, nodeVersion, platform, arch, osRelease, cpuModel, cores, memoryBytes } =
    machine;
  return { poolLabVersion, nodeVersion, platform, arch, osRelease, cpuModel, cores, memoryBytes };
}
