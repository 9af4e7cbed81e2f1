/** Smallest number first. */
export class MinHeap {
  readonly #values: number[] = [];

  get size(): number {
    return this.#values.length;
  }

  /** `Infinity` when it is empty. */
  get smallest(): number {
    return this.#values[0] ?? Number.POSITIVE_INFINITY;
  }

  push(value: number): void {
    let at = this.#values.length;
    this.#values.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#at(parent) <= value) break;
      this.#values[at] = this.#at(parent);
      at = parent;
    }
    this.#values[at] = value;
  }

  /** Takes the smallest out; `Infinity` when it is empty. */
  pop(): number {
    const top = this.smallest;
    const moved = this.#values.pop();
    if (moved === undefined || this.size === 0) return top;
    let at = 0;
    for (let child = 1; child < this.size; child = 2 * at + 1) {
      if (this.#at(child + 1) < this.#at(child)) child += 1;
      if (this.#at(child) >= moved) break;
      this.#values[at] = this.#at(child);
      at = child;
    }
    this.#values[at] = moved;
    return top;
  }

  #at(index: number): number {
    return this.#values[index] ?? Number.POSITIVE_INFINITY;
  }
}
