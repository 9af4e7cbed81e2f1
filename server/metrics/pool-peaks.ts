import { METRICS } from '../contract.ts';
import type { PoolRecorder } from '../pool/pool.ts';
import type { Readings } from './readings.ts';
import { PEAK_SECONDS, RecentPeak } from './recent-peak.ts';
import type { MetricRegistry } from './registry.ts';

/**
 * The most of what a gauge shows one moment of. Not since the last snapshot, of which there is one every
 * half second whoever asks: of two scrapers, or one every 15 s, each would see some of the spikes only.
 */
export class PoolPeaks {
  readonly recorder: Pick<PoolRecorder, 'queueChanged' | 'heldChanged'>;
  readonly #worker: string;
  readonly #queued = new RecentPeak();
  readonly #held = new RecentPeak();
  readonly #queuedPeak: Readings<'worker'>;
  readonly #heldPeak: Readings<'worker'>;

  constructor(registry: MetricRegistry, worker: string) {
    this.#worker = worker;
    this.recorder = {
      queueChanged: (callers) => this.#queued.changed(callers),
      heldChanged: (connections) => this.#held.changed(connections),
    };
    this.#queuedPeak = registry.readings({
      type: 'gauge',
      name: METRICS.pendingPeak,
      help: `Most requests queued for a connection at once in the last ${PEAK_SECONDS} s.`,
      labelNames: ['worker'],
    });
    this.#heldPeak = registry.readings({
      type: 'gauge',
      name: METRICS.usedPeak,
      help: `Most connections checked out at once in the last ${PEAK_SECONDS} s.`,
      labelNames: ['worker'],
    });
  }

  rotate(): void {
    this.#queued.rotate();
    this.#held.rotate();
  }

  write(): void {
    const worker = this.#worker;
    this.#queuedPeak.set({ worker }, this.#queued.peak);
    this.#heldPeak.set({ worker }, this.#held.peak);
  }
}
