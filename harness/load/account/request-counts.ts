import type { RequestEndings } from '../load-engine.ts';

/** Endings of users' requests by which of the mix's templates they were made from. */
export class RequestCounts {
  readonly #names: readonly string[];
  readonly #ok: number[];
  readonly #failed: number[];

  /** @param names of the templates; none: nothing is counted */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#ok = names.map(() => 0);
    this.#failed = names.map(() => 0);
  }

  /** @param template its index */
  add(template: number, isOk: boolean): void {
    if (template >= this.#names.length) return;
    const counts = isOk ? this.#ok : this.#failed;
    counts[template] = (counts[template] ?? 0) + 1;
  }

  snapshot(): readonly RequestEndings[] {
    return this.#names.map((name, template) => ({
      name,
      ok: this.#ok[template] ?? 0,
      failed: this.#failed[template] ?? 0,
    }));
  }
}

/** Of threads that sent the same mix. */
export function mergeByRequest(
  all: readonly (readonly RequestEndings[])[],
): readonly RequestEndings[] {
  const byName = Map.groupBy(all.flat(), ({ name }) => name);
  return [...byName].map(([name, endings]) => ({
    name,
    ok: endings.reduce((sum, { ok }) => sum + ok, 0),
    failed: endings.reduce((sum, { failed }) => sum + failed, 0),
  }));
}
