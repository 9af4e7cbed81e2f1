import { SERVER_TIMING, type ServerTimingComponent } from '../../../server/contract.ts';
import type { TimedAnswers } from '../load-engine.ts';
import type { ServerTimingMs } from './server-timing.ts';

/** Right answers, and how many of them told each part. */
export class TimedCounts {
  readonly #told: Record<ServerTimingComponent, number> = {
    wait: 0,
    connect: 0,
    db: 0,
    loop: 0,
    total: 0,
  };
  #answers = 0;

  add(timing: ServerTimingMs): void {
    this.#answers += 1;
    for (const part of SERVER_TIMING) if (timing[part] !== undefined) this.#told[part] += 1;
  }

  snapshot(): TimedAnswers {
    return { answers: this.#answers, ...this.#told };
  }
}
