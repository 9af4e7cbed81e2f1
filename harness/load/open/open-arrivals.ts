import type { LoadResult } from '../load-engine.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';
import type { Alarm, Timeline } from './timeline.ts';

export interface OpenArrivalsOptions {
  readonly schedule: ArrivalSchedule;
  readonly timeline: Timeline;
  /** A user is due, by the time since the start. */
  readonly arrive: (dueUs: number) => void;
  /** The window is over: nobody arrives any more. */
  readonly isOver: () => boolean;
}

/** Lets users arrive at their moments: whenever it wakes up, everybody who is due, however late. */
export class OpenArrivals {
  readonly #options: OpenArrivalsOptions;
  #alarm: Alarm | undefined;
  #originUs = 0;
  #nextUs: number | null = null;
  #issued = 0;

  constructor(options: OpenArrivalsOptions) {
    this.#options = options;
  }

  /** To be awaited before the start, so that the first arrivals are not late for it. */
  async prepare(): Promise<void> {
    this.#alarm = await this.#options.timeline.alarm(() => this.#issueDue());
  }

  /** @param originUs start of the run by the timeline */
  start(originUs: number): void {
    this.#originUs = originUs;
    this.#nextUs = this.#options.schedule.next();
    this.#issueDue();
  }

  async close(): Promise<void> {
    await this.#alarm?.close();
  }

  /** What was offered up to the given moment. To be asked once, at the end: it uses up the schedule. */
  offeredUntil(windowUs: number): NonNullable<LoadResult['offered']> {
    const { schedule } = this.#options;
    const expected = schedule.expectedUntil(windowUs);
    let missed = 0;
    for (; this.#nextUs !== null && this.#nextUs < windowUs; this.#nextUs = schedule.next()) {
      missed += 1;
    }
    return { expected, due: this.#issued + missed, issued: this.#issued };
  }

  #issueDue(): void {
    const { schedule, timeline, arrive, isOver } = this.#options;
    if (isOver()) return;
    const nowUs = timeline.nowUs();
    // Compared by the timeline, as the alarm is set: rounding must not make a moment due and not due.
    for (; this.#nextUs !== null; this.#nextUs = schedule.next()) {
      const atUs = this.#originUs + this.#nextUs;
      if (atUs > nowUs) {
        this.#alarm?.set(atUs);
        return;
      }
      this.#issued += 1;
      arrive(this.#nextUs);
    }
  }
}
