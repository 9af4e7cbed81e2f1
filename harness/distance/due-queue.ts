/** What is due next comes first; what is due at the same moment in the order it came in. */
export class DueQueue<T> {
  readonly #heap: { readonly dueUs: number; readonly order: number; readonly item: T }[] = [];
  #order = 0;

  /** `null`: nothing is left. */
  get nextUs(): number | null {
    return this.#heap[0]?.dueUs ?? null;
  }

  add(dueUs: number, item: T): void {
    const heap = this.#heap;
    const entry = { dueUs, order: this.#order, item };
    this.#order += 1;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      heap[above] = entry;
      at = above;
    }
  }

  /** The first one that is due, taken out; `null`: none is. */
  take(nowUs: number): { readonly dueUs: number; readonly item: T } | null {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined || first.dueUs > nowUs) return null;
    const last = heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(entry: { readonly dueUs: number; readonly order: number; readonly item: T }): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      if (left === undefined) break;
      const right = heap[2 * at + 2];
      const [child, below] =
        right !== undefined && isBefore(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (!isBefore(child, entry)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = entry;
  }
}

interface Place {
  readonly dueUs: number;
  readonly order: number;
}

function isBefore(a: Place, b: Place): boolean {
  return a.dueUs < b.dueUs || (a.dueUs === b.dueUs && a.order < b.order);
}
