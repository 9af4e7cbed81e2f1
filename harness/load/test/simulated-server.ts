import type { Answer } from '../account/answer.ts';
import { US_PER_MS } from '../monotonic-clock.ts';
import type { OpenWire, Wire, WireEvents } from '../open/connection-wire.ts';
import type { Timeline } from '../open/timeline.ts';

/** What becomes of one request. */
export type Treatment =
  | { readonly kind: 'answered'; readonly afterMs: number; readonly answer?: Partial<Answer> }
  /** As before, and the connection is closed with the answer. */
  | { readonly kind: 'answered-and-closed'; readonly afterMs: number }
  | { readonly kind: 'reset'; readonly afterMs: number }
  | { readonly kind: 'never' };

export interface ServerPlan {
  /** @param nowMs since the server was made; @param request its number, from 1 */
  treat(nowMs: number, request: number): Treatment;
  /** Until a connection is open, or refused. @default 0 */
  readonly connectMs?: number;
  /** Are connects refused at this moment? @default never */
  readonly refuses?: (nowMs: number, origin: string) => boolean;
  /** Which worker gets the connection of this number, from 0. @default '1' */
  readonly workerOf?: (connection: number) => string;
}

/** What the server knows it did. */
export interface ServerTruth {
  connections: number;
  connectsRefused: number;
  /** Requests in the order of their coming. */
  readonly requests: {
    readonly ms: number;
    readonly worker: string;
    readonly connection: number;
    readonly origin: string;
    /** What it asked for, e.g. `GET /items/1`. */
    readonly asked: string;
    /** Open at this moment, this one included. */
    readonly openConnections: number;
  }[];
  answered: number;
  broken: number;
  openConnections: number;
  openConnectionsPeak: number;
}

const RIGHT: Answer = { errorClass: null, refusalReason: null, worker: '', serverTiming: {} };

/** A server on a virtual timeline: no network, no time of its own besides what its plan says. */
export function simulateServer(
  timeline: Timeline,
  plan: ServerPlan,
): { readonly openWire: OpenWire; readonly truth: ServerTruth } {
  const startUs = timeline.nowUs();
  const truth: ServerTruth = {
    connections: 0,
    connectsRefused: 0,
    requests: [],
    answered: 0,
    broken: 0,
    openConnections: 0,
    openConnectionsPeak: 0,
  };
  const nowMs = (): number => (timeline.nowUs() - startUs) / US_PER_MS;

  const openWire: OpenWire = (origin, events): Wire => {
    let isOver = false;
    let isOpen = false;
    let worker = '';
    let connection = -1;
    const after = (ms: number, tell: (events: WireEvents) => void): void => {
      timeline.at(timeline.nowUs() + ms * US_PER_MS, () => {
        if (!isOver) tell(events);
      });
    };
    const end = (): void => {
      isOver = true;
      if (isOpen) truth.openConnections -= 1;
      isOpen = false;
    };
    after(plan.connectMs ?? 0, () => {
      if (plan.refuses?.(nowMs(), origin) === true) {
        truth.connectsRefused += 1;
        end();
        events.onGone('ECONNREFUSED');
        return;
      }
      connection = truth.connections;
      truth.connections += 1;
      worker = plan.workerOf?.(connection) ?? '1';
      isOpen = true;
      truth.openConnections += 1;
      truth.openConnectionsPeak = Math.max(truth.openConnectionsPeak, truth.openConnections);
      events.onOpen();
    });
    const answer = (more: Partial<Answer> = {}): void => {
      truth.answered += 1;
      events.onAnswer({ ...RIGHT, worker, ...more });
    };
    const breakOff = (): void => {
      truth.broken += 1;
      end();
      events.onGone('ECONNRESET');
    };
    return {
      send: ({ content }) => {
        const { openConnections } = truth;
        const asked = `${content.method} ${content.path}`;
        truth.requests.push({ ms: nowMs(), worker, connection, origin, asked, openConnections });
        events.onSent();
        const treatment = plan.treat(nowMs(), truth.requests.length);
        switch (treatment.kind) {
          case 'answered':
            after(treatment.afterMs, () => {
              answer(treatment.answer);
              events.onReusable();
            });
            break;
          case 'answered-and-closed':
            after(treatment.afterMs, () => {
              answer();
              breakOff();
            });
            break;
          case 'reset':
            after(treatment.afterMs, breakOff);
            break;
          case 'never':
            break;
        }
      },
      destroy: async () => end(),
    };
  };
  return { openWire, truth };
}

/** `slots` requests at a time, each for `serviceMs`; the others wait in the order of their coming. */
export function queueOf(slots: number, serviceMs: number): (nowMs: number) => Treatment {
  const freeAtMs = Array.from({ length: slots }, () => 0);
  return (nowMs) => {
    const slot = freeAtMs.indexOf(Math.min(...freeAtMs));
    const endMs = Math.max(freeAtMs[slot] ?? 0, nowMs) + serviceMs;
    freeAtMs[slot] = endMs;
    return { kind: 'answered', afterMs: endMs - nowMs };
  };
}
