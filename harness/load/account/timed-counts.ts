import type { TimedAnswers } from '../load-engine.ts';
import type { ServerTimingMs } from './server-timing.ts';

/** Right answers, and how many of them told each part. Part by part by name: it runs for every answer. */
export class TimedCounts {
  #answers = 0;
  #wait = 0;
  #connect = 0;
  #db = 0;
  #loop = 0;
  #total = 0;

  add({ wait, connect, db, loop, total }: ServerTimingMs): void {
    this.#answers += 1;
    if (wait !== undefined) this.#wait += 1;
    if (connect !== undefined) this.#connect += 1;
    if (db !== undefined) this.#db += 1;
    if (loop !== undefined) this.#loop += 1;
    if (total !== undefined) this.#total += 1;
  }

  snapshot(): TimedAnswers {
    return {
      answers: this.#answers,
      wait: this.#wait,
      connect: this.#connect,
      db: this.#db,
      loop: this.#loop,
      total: this.#total,
    };
  }
}
