import { CPU_PARTS, type CpuPart } from '../../server/contract.ts';
import { readHostHealth } from '../runner/host-health.ts';
import { readTreesCpuMs } from '../runner/process-cpu.ts';
import type { MetricFamily } from './exposition.ts';
import { HARNESS_FAMILIES } from './harness-families.ts';

const MS_PER_SECOND = 1_000;
/** Reading a tree means reading all processes of the machine, which takes its CPU away from the lab. */
const READING_AGE_MS_MAX = 500;

/** What the machine tells; `null` where it does not. */
export interface MachineReadings {
  /** In the order of the processes asked for. */
  readonly treesCpuMs: (rootPids: readonly number[]) => readonly (number | null)[];
  readonly cpuPressureMs: () => number | null;
  /** Monotonic. */
  readonly nowMs: () => number;
}

const THIS_MACHINE: MachineReadings = {
  treesCpuMs: (rootPids) => readTreesCpuMs(rootPids),
  cpuPressureMs: () => readHostHealth().cpuPressureMs,
  nowMs: () => performance.now(),
};

interface Tree {
  readonly part: CpuPart;
  readonly pid: number;
  /** At most so far: what is lost with a child that nobody waited for is not taken back. */
  cpuMs: number;
}

/** Who had the CPU, part by part of the lab. Processes come and go; what they used stays counted. */
export class MachineMetrics {
  readonly #readings: MachineReadings;
  readonly #running = new Set<Tree>();
  /** Of processes that ended; a part is in it from its first reading on. */
  readonly #endedMs = new Map<CpuPart, number>();
  #cpuPressureMs: number | null = null;
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(readings: MachineReadings = THIS_MACHINE) {
    this.#readings = readings;
  }

  /** The function given back reads it for the last time. */
  onProcess(part: CpuPart, pid: number): () => void {
    const tree: Tree = { part, pid, cpuMs: 0 };
    this.#running.add(tree);
    // What it was known for before is too old now.
    this.#readAtMs = Number.NEGATIVE_INFINITY;
    return () => {
      if (!this.#running.delete(tree)) return;
      this.#read([tree]);
      const endedMs = this.#endedMs.get(part);
      if (endedMs !== undefined) this.#endedMs.set(part, endedMs + tree.cpuMs);
    };
  }

  families(): readonly MetricFamily[] {
    this.#refresh();
    const running = [...this.#running];
    return [
      {
        ...HARNESS_FAMILIES.cpuSecondsTotal,
        samples: CPU_PARTS.flatMap((part) => {
          const endedMs = this.#endedMs.get(part);
          if (endedMs === undefined) return [];
          const trees = running.filter((tree) => tree.part === part);
          const ms = trees.reduce((sum, { cpuMs }) => sum + cpuMs, endedMs);
          return [{ labels: { part }, value: ms / MS_PER_SECOND }];
        }),
      },
      {
        ...HARNESS_FAMILIES.cpuPressureSecondsTotal,
        samples:
          this.#cpuPressureMs === null
            ? []
            : [{ labels: {}, value: this.#cpuPressureMs / MS_PER_SECOND }],
      },
    ];
  }

  #refresh(): void {
    const nowMs = this.#readings.nowMs();
    if (nowMs - this.#readAtMs < READING_AGE_MS_MAX) return;
    this.#readAtMs = nowMs;
    this.#read([...this.#running]);
    this.#cpuPressureMs = this.#readings.cpuPressureMs();
  }

  #read(trees: readonly Tree[]): void {
    const readings = this.#readings.treesCpuMs(trees.map(({ pid }) => pid));
    for (const [index, tree] of trees.entries()) {
      const cpuMs = readings[index] ?? null;
      if (cpuMs === null) continue;
      tree.cpuMs = Math.max(tree.cpuMs, cpuMs);
      if (!this.#endedMs.has(tree.part)) this.#endedMs.set(tree.part, 0);
    }
  }
}
