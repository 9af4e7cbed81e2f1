import { setImmediate as turn } from 'node:timers/promises';
import type { Alarm, ScheduledCall, Timeline } from '../open/timeline.ts';

interface VirtualEvent {
  readonly us: number;
  /** Events of the same moment come in the order in which they were scheduled. */
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** Time that passes only while a run is driven: from one scheduled event to the next. */
export class VirtualTimeline implements Timeline {
  /** How late each alarm comes: a generator that is short of CPU. */
  alarmLateUs: (dueUs: number) => number = () => 0;
  readonly #heap: VirtualEvent[] = [];
  #nowUs = 1_000_000;
  #order = 0;

  readonly nowUs = (): number => this.#nowUs;

  at(us: number, callback: () => void): ScheduledCall {
    this.#order += 1;
    const event = { us, order: this.#order, callback, cancelled: false };
    push(this.#heap, event);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  }

  async alarm(onDue: () => void): Promise<Alarm> {
    let pending: ScheduledCall | undefined;
    return {
      set: (us) => {
        pending?.cancel();
        pending = this.at(us + this.alarmLateUs(us), onDue);
      },
      close: async () => pending?.cancel(),
    };
  }

  /** Lets time pass until the promise is settled. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await turn();
      if (settled) return await promise;
      const event = this.#nextEvent();
      this.#nowUs = Math.max(this.#nowUs, event.us);
      event.callback();
    }
  }

  #nextEvent(): VirtualEvent {
    for (;;) {
      const event = pop(this.#heap);
      if (event === undefined) throw new Error('nothing will happen any more');
      if (!event.cancelled) return event;
    }
  }
}

function isBefore(left: VirtualEvent, right: VirtualEvent): boolean {
  return left.us < right.us || (left.us === right.us && left.order < right.order);
}

function push(heap: VirtualEvent[], event: VirtualEvent): void {
  let at = heap.push(event) - 1;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || isBefore(parent, event)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = event;
}

function pop(heap: VirtualEvent[]): VirtualEvent | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const takesRight = right !== undefined && isBefore(right, left);
    const child = takesRight ? right : left;
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = 2 * at + (takesRight ? 2 : 1);
  }
  heap[at] = last;
  return first;
}
