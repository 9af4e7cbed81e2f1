import type { FaultReading } from '../analysis/trial-machine.ts';
import { US_PER_MS } from '../load/monotonic-clock.ts';
import type { ScheduledCall, Timeline } from '../load/open/timeline.ts';
import type { DatabaseFault } from '../plan/database-fault.ts';
import type { Disturbances } from './disturbances.ts';
import { emptyTally, type FaultTally } from './fault-tally.ts';

interface Planned {
  readonly fault: DatabaseFault;
  readonly tally: FaultTally;
  startedMs: number | null;
  endedMs: number | null;
}

/** Begins and ends faults at their moments, and says what they did. */
export class FaultSchedule {
  readonly #disturbances: Disturbances;
  readonly #timeline: Pick<Timeline, 'nowUs' | 'at'>;
  #originUs = 0;
  #planned: readonly Planned[] = [];
  #calls: ScheduledCall[] = [];

  constructor(disturbances: Disturbances, timeline: Pick<Timeline, 'nowUs' | 'at'>) {
    this.#disturbances = disturbances;
    this.#timeline = timeline;
  }

  /** @param originUs of the timeline: what their times are counted from, a moment ago */
  begin(faults: readonly DatabaseFault[], originUs: number): void {
    this.end();
    this.#originUs = originUs;
    this.#planned = faults.map((fault) => ({
      ...{ fault, tally: emptyTally() },
      ...{ startedMs: null, endedMs: null },
    }));
    for (const planned of this.#planned) {
      this.#at(planned.fault.atMs, () => this.#start(planned));
    }
  }

  /** Whatever still goes on is over, and what has not begun does not come any more. */
  end(): readonly FaultReading[] {
    for (const call of this.#calls.splice(0)) call.cancel();
    for (const planned of this.#planned) this.#stop(planned);
    const readings = this.read();
    this.#planned = [];
    return readings;
  }

  /** What they did so far, in the order they were asked for. */
  read(): readonly FaultReading[] {
    return this.#planned.map(({ fault, tally, startedMs, endedMs }) => ({
      ...fault,
      ...{ startedMs, endedMs },
      ...tally,
    }));
  }

  #start(planned: Planned): void {
    const { kind, durationMs } = planned.fault;
    planned.startedMs = this.#elapsedMs();
    this.#disturbances.start(kind, planned.tally);
    if (durationMs === 0) this.#stop(planned);
    // As long as it was asked for, however late it began.
    else this.#at(planned.startedMs + durationMs, () => this.#stop(planned));
  }

  #stop(planned: Planned): void {
    if (planned.startedMs === null || planned.endedMs !== null) return;
    planned.endedMs = this.#elapsedMs();
    this.#disturbances.end(planned.fault.kind, planned.tally);
  }

  #at(elapsedMs: number, then: () => void): void {
    const dueUs = this.#originUs + elapsedMs * US_PER_MS;
    if (dueUs <= this.#timeline.nowUs()) then();
    else this.#calls.push(this.#timeline.at(dueUs, then));
  }

  #elapsedMs(): number {
    return Math.max(0, (this.#timeline.nowUs() - this.#originUs) / US_PER_MS);
  }
}
