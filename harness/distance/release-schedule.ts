import type { Alarm, Timeline } from '../load/open/timeline.ts';
import { DueQueue } from './due-queue.ts';

/** Calls everything at its moment, of all connections, with one alarm. */
export class ReleaseSchedule {
  readonly #queue = new DueQueue<() => void>();
  readonly #nowUs: Timeline['nowUs'];
  readonly #onReleased: (lateUs: number) => void;
  #alarm: Alarm | null = null;
  #setUs = Number.POSITIVE_INFINITY;

  private constructor(nowUs: Timeline['nowUs'], onReleased: (lateUs: number) => void) {
    this.#nowUs = nowUs;
    this.#onReleased = onReleased;
  }

  /** @param onReleased learns of each call how late it came */
  static async start(
    timeline: Pick<Timeline, 'nowUs' | 'alarm'>,
    onReleased: (lateUs: number) => void,
  ): Promise<ReleaseSchedule> {
    const schedule = new ReleaseSchedule(timeline.nowUs, onReleased);
    schedule.#alarm = await timeline.alarm(() => schedule.#release());
    return schedule;
  }

  at(dueUs: number, release: () => void): void {
    this.#queue.add(dueUs, release);
    if (dueUs < this.#setUs) this.#set(dueUs);
  }

  async close(): Promise<void> {
    await this.#alarm?.close();
    this.#alarm = null;
  }

  #release(): void {
    if (this.#alarm === null) return;
    this.#setUs = Number.POSITIVE_INFINITY;
    for (;;) {
      const nowUs = this.#nowUs();
      const due = this.#queue.take(nowUs);
      if (due === null) break;
      this.#onReleased(nowUs - due.dueUs);
      due.item();
    }
    const next = this.#queue.nextUs;
    if (next !== null) this.#set(next);
  }

  #set(us: number): void {
    this.#setUs = us;
    this.#alarm?.set(us);
  }
}
