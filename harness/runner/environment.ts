import { statfsSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type {
  Environment,
  PostgresEnvironment,
  WatchedEnvironment,
} from '../analysis/trial-machine.ts';
import type { StartedPostgres } from '../postgres/provider.ts';
import { fileSystemName } from './file-system-name.ts';
import type { Monitor } from './monitor.ts';

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

/** Both halves, of a trial whose database is in sight; which engine made the load is known with its result. */
export async function watchedEnvironment(
  poolLabVersion: string,
  {
    provider,
    postgres,
    monitor,
  }: {
    readonly provider: PostgresEnvironment['provider'];
    readonly postgres: StartedPostgres;
    readonly monitor: Pick<Monitor, 'limits' | 'databaseBytes'>;
  },
): Promise<Omit<WatchedEnvironment, 'loadEngine'>> {
  const { limits } = monitor;
  return {
    ...machineEnvironment(poolLabVersion),
    postgres: {
      provider,
      version: limits.version,
      durability: { ...limits.durability },
      sharedBuffersBytes: limits.sharedBuffersBytes,
      databaseBytes: await monitor.databaseBytes(),
      fileSystem:
        postgres.dataDirectory === null
          ? null
          : fileSystemName(statfsSync(postgres.dataDirectory).type),
      seesOthers: postgres.capabilities.seesSessions,
    },
  };
}
