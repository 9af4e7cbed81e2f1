import type { ErrorClass, WorkerStats } from '../contract.ts';

/** One finished or aborted request, as the account and the metrics are told of it. */
export interface FinishedRequest {
  /** Path pattern of the route, or `unmatched`: never the raw URL. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly aborted: boolean;
  readonly errorClass: ErrorClass | null;
  readonly reason: string | undefined;
}

/** Told of every request when it has ended. The no-op recorder ignores it. */
export interface HttpRecorder {
  requestEnded(request: FinishedRequest): void;
}

export const NO_HTTP_RECORDER: HttpRecorder = {
  requestEnded() {
    // Instrumentation is switched off.
  },
};

/**
 * Counts that must be right whether or not metrics are recorded: the trial's conservation laws
 * compare them with the client's. `started = finished + aborted + inFlight` at every moment.
 */
export class HttpAccount {
  #started = 0;
  #finished = 0;
  #aborted = 0;
  readonly #errors: Partial<Record<ErrorClass, number>> = {};

  started(): void {
    this.#started += 1;
  }

  ended({ aborted, errorClass }: FinishedRequest): void {
    if (aborted) {
      this.#aborted += 1;
      return;
    }
    this.#finished += 1;
    if (errorClass !== null) this.#errors[errorClass] = (this.#errors[errorClass] ?? 0) + 1;
  }

  /** Errors are those of answers that were finished; an aborted request was answered by nobody. */
  snapshot(): WorkerStats['http'] {
    return {
      started: this.#started,
      finished: this.#finished,
      aborted: this.#aborted,
      inFlight: this.#started - this.#finished - this.#aborted,
      errors: { ...this.#errors },
    };
  }
}
