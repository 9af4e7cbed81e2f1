/** Worker ids come from the target; a strange one must not grow the result without end. */
const WORKERS_MAX = 1_000;

/** Answers by the worker that gave them. */
export class WorkerCounts {
  readonly #answers = new Map<string, number>();

  add(worker: string): void {
    const known = this.#answers.has(worker);
    const name = known || this.#answers.size < WORKERS_MAX ? worker : 'others';
    this.#answers.set(name, (this.#answers.get(name) ?? 0) + 1);
  }

  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#answers);
  }
}
