import type { Answer } from '../../load/account/answer.ts';
import { US_PER_MS } from '../../load/monotonic-clock.ts';
import type { OpenWire, Wire, WireEvents } from '../../load/open/connection-wire.ts';
import type { Timeline } from '../../load/open/timeline.ts';
import { Slots } from '../../load/stubs/slots.ts';
import type { RequestTimes, StubPlan, StubTruth } from '../../load/stubs/stub-server.ts';

const ANSWER = { errorClass: null, refusalReason: null, worker: '1' } as const;

interface OpenRequest extends RequestTimes {
  endedMs: number | null;
}

/** The stub server on a virtual clock: the same plans, no network, and nothing is ever late. */
export class SimulatedStub {
  readonly #plan: StubPlan;
  readonly #timeline: Timeline;
  readonly #slots: Slots | null;
  readonly #times: OpenRequest[] = [];
  #connections = 0;
  #broken = 0;
  #firstRequestMs: number | null = null;

  constructor(plan: StubPlan, timeline: Timeline) {
    this.#plan = plan;
    this.#timeline = timeline;
    this.#slots = plan.slots === undefined ? null : new Slots(plan.slots, plan.serviceMs);
  }

  readonly openWire: OpenWire = (_target, events) => {
    this.#connections += 1;
    let open = true;
    let requests = 0;
    const wire: Wire = {
      send: () => {
        events.onSent();
        requests += 1;
        const breaks = this.#plan.breaks;
        const breaksNow = breaks !== undefined && requests % breaks.everyRequests === 0;
        this.receive((request) => {
          if (!open) return;
          if (breaksNow) open = false;
          this.#answer({ request, events, breaksNow });
        });
      },
      destroy: () => {
        open = false;
        return Promise.resolve();
      },
    };
    this.#timeline.at(this.#timeline.nowUs(), () => {
      if (open) events.onOpen();
    });
    return wire;
  };

  /** A request arrives; `answer` is called when its answer is due, or never. */
  receive(answer: (request: OpenRequest) => void): void {
    const arrivedMs = this.#timeline.nowUs() / US_PER_MS;
    this.#firstRequestMs ??= arrivedMs;
    const { hangAfterRequests, serviceMs } = this.#plan;
    const turn = this.#slots?.take(arrivedMs);
    const request = { arrivedMs, startedMs: turn?.startsMs ?? arrivedMs, endedMs: null };
    const requests = this.#times.push(request);
    if (hangAfterRequests !== undefined && requests > hangAfterRequests) return;
    const dueMs = this.#thawMs(turn?.endsMs ?? arrivedMs + serviceMs);
    this.#timeline.at(dueMs * US_PER_MS, () => answer(request));
  }

  /** What the stub tells of itself; `endedMs` is set by whoever answers. */
  truth(): StubTruth {
    const answered = this.#times.filter(({ endedMs }) => endedMs !== null);
    return {
      connections: this.#connections,
      requests: this.#times.length,
      answered: answered.length,
      failed: 0,
      broken: this.#broken,
      serviceMs: answered.map(({ arrivedMs, endedMs }) => (endedMs ?? arrivedMs) - arrivedMs),
      times: this.#times,
    };
  }

  #answer(given: {
    readonly request: OpenRequest;
    readonly events: WireEvents;
    readonly breaksNow: boolean;
  }): void {
    const { request, events, breaksNow } = given;
    if (breaksNow) this.#broken += 1;
    if (!breaksNow || this.#plan.breaks?.how !== 'reset-instead-of-answer') {
      request.endedMs = this.#timeline.nowUs() / US_PER_MS;
      events.onAnswer(answerOf(request, this.#plan));
      if (!breaksNow) events.onReusable();
    }
    if (breaksNow) events.onGone('ECONNRESET');
  }

  #thawMs(atMs: number): number {
    const { freeze } = this.#plan;
    if (freeze === undefined || this.#firstRequestMs === null) return atMs;
    const startMs = this.#firstRequestMs + freeze.atMs;
    const endMs = startMs + freeze.forMs;
    return atMs >= startMs && atMs < endMs ? endMs : atMs;
  }
}

/** As the engines read it off the wire. */
export function answerOf({ arrivedMs, startedMs, endedMs }: RequestTimes, plan: StubPlan): Answer {
  if (plan.serverTiming !== 'measured') return { ...ANSWER, serverTiming: {} };
  const ended = endedMs ?? startedMs;
  const serverTiming = {
    wait: startedMs - arrivedMs,
    connect: 0,
    db: ended - startedMs,
    total: ended - arrivedMs,
  };
  return { ...ANSWER, serverTiming };
}
