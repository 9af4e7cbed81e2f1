import { performance } from 'node:perf_hooks';
import type { ServerSideSample, ServerStats, WorkerStats } from '../contract.ts';
import { machineClockMs } from '../machine-clock.ts';
import { DeadTotals } from '../metrics/dead-totals.ts';
import { createPrimaryMetrics, type RestartReason } from '../metrics/primary-metrics.ts';
import { type MetricsSnapshot, renderMetrics } from '../metrics/registry.ts';
import { createServerSideMetrics } from '../metrics/server-side-metrics.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Dead workers listed in the statistics; the oldest go first. */
const DEAD_STATS_MAX = 1_000;

/** The numbers of all workers there are and were. Totals never fall: the dead keep theirs. */
export class Telemetry {
  readonly #alive: () => readonly WorkerProcess[];
  readonly #instrumentation: boolean;
  readonly #primary = createPrimaryMetrics();
  readonly #serverSide = createServerSideMetrics();
  readonly #deadStats: { readonly stats: WorkerStats; readonly receivedAtMs: number }[] = [];
  readonly #deadTotals = new DeadTotals();
  #crashes = 0;

  constructor(options: {
    readonly alive: () => readonly WorkerProcess[];
    readonly instrumentation: boolean;
  }) {
    this.#alive = options.alive;
    this.#instrumentation = options.instrumentation;
  }

  /** Keeps the last numbers of a worker that has ended. */
  workerDied(worker: WorkerProcess, crashed: boolean): void {
    if (crashed) this.#crashes += 1;
    if (worker.snapshot === null) return;
    const { stats, metrics, receivedAtMs } = worker.snapshot;
    this.#deadStats.push({ stats, receivedAtMs });
    if (this.#deadStats.length > DEAD_STATS_MAX) this.#deadStats.shift();
    this.#deadTotals.add(metrics, performance.now());
  }

  restarted(reason: RestartReason): void {
    this.#primary.restarted(reason);
  }

  /** What the database's side was just seen to be. */
  serverSide(sample: ServerSideSample): void {
    this.#serverSide.update(sample);
  }

  /** Asks all workers for new numbers and waits for them, at most `deadlineMs`. */
  async refresh(deadlineMs: number): Promise<void> {
    await Promise.all(this.#alive().map((worker) => worker.refresh(deadlineMs)));
  }

  /**
   * The same of those workers that are not known to be blocked: who let a request wait for longer than this
   * already is not asked again before it has answered. So only the first scrape waits for it.
   */
  async refreshResponsive(deadlineMs: number): Promise<void> {
    const responsive = this.#alive().filter(({ owesForMs }) => owesForMs <= deadlineMs);
    await Promise.all(responsive.map((worker) => worker.refresh(deadlineMs)));
  }

  stats(): ServerStats {
    const now = performance.now();
    const cpu = process.cpuUsage();
    const dead = this.#deadStats.map(({ stats, receivedAtMs }) => ({
      ...stats,
      alive: false,
      ready: false,
      ageMs: now - receivedAtMs,
    }));
    const alive = this.#alive().flatMap(({ snapshot, isReady }) =>
      snapshot === null
        ? []
        : [{ ...snapshot.stats, ready: isReady, ageMs: now - snapshot.receivedAtMs }],
    );
    return {
      workers: [...dead, ...alive],
      crashes: this.#crashes,
      primaryCpuMs: (cpu.user + cpu.system) / 1_000,
    };
  }

  /** In Prometheus' exposition format; empty when instrumentation is off. */
  async metrics(): Promise<string> {
    if (!this.#instrumentation) return '';
    const now = performance.now();
    const snapshots = this.#alive().flatMap(({ id, snapshot }) =>
      snapshot === null ? [] : [{ worker: id, snapshot }],
    );
    const own = await this.#primary.collect(
      snapshots.map(({ worker, snapshot }) => ({ worker, ageMs: now - snapshot.receivedAtMs })),
    );
    const serverSide = await this.#serverSide.collect(
      machineClockMs(),
      snapshots.map(({ worker }) => worker),
    );
    // The dead are read after the wait, together with the living: nobody is counted twice or missed.
    const dead = this.#deadTotals.snapshotsAt(now);
    return renderMetrics([own, serverSide, ...this.#livingNow(), ...dead]);
  }

  #livingNow(): MetricsSnapshot[] {
    return this.#alive().flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot.metrics]));
  }
}
