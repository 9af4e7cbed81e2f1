import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createEmbeddedPostgres } from '../postgres/embedded.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { startWatchdog, type Watchdog } from '../runner/watchdog.ts';

/** Repeated times of one kind of start, in ms. */
export interface StartTimes {
  readonly samplesMs: readonly number[];
  readonly minMs: number;
  readonly medianMs: number;
  readonly maxMs: number;
}

export interface EmbeddedStartReport {
  /** Nothing staged: binaries copied, cluster initialised, server ready. */
  readonly cold: StartTimes;
  /** Binaries and template there: cluster copied, server ready. */
  readonly fromTemplate: StartTimes;
  /** From asking to nothing left, data included. */
  readonly stop: StartTimes;
}

/** Limits the lab promises on a machine with two cores. */
export const EMBEDDED_START_LIMITS = { coldMs: 2_000, fromTemplateMs: 500 } as const;

const SETTINGS = {
  maxConnections: 100,
  superuserReservedConnections: 3,
  reservedConnections: 0,
  transport: 'tcp',
  extra: {},
} as const;

/** Measures in a directory of its own; ready means a connection succeeded over TCP. */
export async function measureEmbeddedStarts(rounds: {
  readonly cold: number;
  readonly fromTemplatePerCold: number;
}): Promise<EmbeddedStartReport> {
  const benchPath = mkdtempSync(join(LAB_DIRECTORY_PARENT, 'pool-lab-bench-'));
  chmodSync(benchPath, 0o755);
  const watchdog = startWatchdog();
  watchdog.guard({ kind: 'directory', path: benchPath });
  const [coldMs, fromTemplateMs, stopMs]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let round = 0; round < rounds.cold; round += 1) {
      const labParent = join(benchPath, String(round));
      mkdirSync(labParent);
      for (let start = 0; start <= rounds.fromTemplatePerCold; start += 1) {
        const times = await measureOnce(watchdog, labParent);
        (start === 0 ? coldMs : fromTemplateMs).push(times.readyMs);
        stopMs.push(times.stopMs);
      }
    }
  } finally {
    // What is still guarded is removed by it: the directory of all rounds. Not after each round,
    // since ext4 is slow at making files for minutes after it deleted many.
    await watchdog.close();
  }
  return {
    cold: summarize(coldMs),
    fromTemplate: summarize(fromTemplateMs),
    stop: summarize(stopMs),
  };
}

async function measureOnce(custodian: Watchdog, labParent: string) {
  const provider = createEmbeddedPostgres({ custodian, labParent });
  const startedAt = performance.now();
  const postgres = await provider.start(SETTINGS, new AbortController().signal);
  const readyAt = performance.now();
  await postgres.stop();
  return { readyMs: readyAt - startedAt, stopMs: performance.now() - readyAt };
}

function summarize(samplesMs: readonly number[]): StartTimes {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    samplesMs,
    minMs: at(0),
    medianMs: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    maxMs: at(sorted.length - 1),
  };
}

/** Lines for people; limits beside what was measured. */
export function describeEmbeddedStarts(report: EmbeddedStartReport): string {
  const line = (name: string, times: StartTimes, limitMs: number | null): string => {
    const [min, median, max] = [times.minMs, times.medianMs, times.maxMs].map(Math.round);
    const limit = limitMs === null ? '' : `   limit ${limitMs} ms`;
    return `${name.padEnd(22)} ${median} ms [${min}–${max}], ${times.samplesMs.length} times${limit}`;
  };
  return [
    line('PostgreSQL, cold', report.cold, EMBEDDED_START_LIMITS.coldMs),
    line('from the template', report.fromTemplate, EMBEDDED_START_LIMITS.fromTemplateMs),
    line('stop, data removed', report.stop, null),
  ].join('\n');
}

if (import.meta.main) {
  const report = await measureEmbeddedStarts({ cold: 5, fromTemplatePerCold: 3 });
  process.stdout.write(`${describeEmbeddedStarts(report)}\n`);
}
