import type { Host, WatchedEnvironment } from '../trial-machine.ts';
import type { MeasuredTrial } from '../trial-result.ts';
import type { ConnectionTimes } from './connection-times.ts';
import type { MemoryPerBackend } from './memory-per-backend.ts';
import type { VariantId } from './variants.ts';

/** What was not measured, and why, in words. */
export interface Absent {
  readonly absent: string;
}

/** By the round that measured it, so that two variants can be compared within their rounds. */
export type ObservedConnections = ReadonlyMap<number, ConnectionTimes>;

export interface ObservedMemory {
  readonly sessions: { readonly few: number; readonly many: number };
  readonly fresh: MemoryPerBackend;
  readonly aged: MemoryPerBackend;
  readonly hugePages: string;
  readonly sharedBuffers: string;
  readonly workMem: string;
}

/** Trials of the same load, by pairs: with a pool, and with a connection for each request. */
export type ObservedThroughput = readonly {
  readonly pooled: MeasuredTrial;
  readonly unpooled: MeasuredTrial;
}[];

/** Everything that was seen, before anything is said of it. */
export interface CostObservation {
  readonly startedAt: string;
  readonly environment: Omit<WatchedEnvironment, 'loadEngine'>;
  readonly seed: number;
  readonly samplesAsked: number;
  /** Of each variant before the first round: caches are cold then, code is being compiled. */
  readonly discarded: number;
  readonly connections: ReadonlyMap<VariantId, ObservedConnections | Absent>;
  /** While connections were measured. */
  readonly host: Host;
  readonly memory: ObservedMemory | Absent;
  readonly throughput: ObservedThroughput | Absent;
}

export function isAbsent(value: object): value is Absent {
  return 'absent' in value;
}
