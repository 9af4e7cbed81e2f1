import { seededRandom } from '../../seeded-random.ts';
import { MinHeap } from './min-heap.ts';

/** A pool as a queue: so many slots, first come first served. All times in seconds. */
export interface PoolQueue {
  readonly seed: number;
  readonly slots: number;
  readonly seconds: number;
  readonly arrivals:
    | { readonly kind: 'poisson' | 'constant'; readonly perSecond: number }
    /** Clients who think for exponentially distributed times between an answer and a request. */
    | { readonly kind: 'closed'; readonly clients: number; readonly thinkS: number };
  readonly service: {
    readonly kind: 'exponential' | 'constant' | 'lognormal';
    readonly meanS: number;
    /** Standard deviation over mean; of a lognormal alone. @default 1 */
    readonly variation?: number;
  };
  /** Factor on the service times that begin at this moment. @default 1 */
  readonly slowdownAt?: (s: number) => number;
  /** Arrivals that find so many in flight are dropped. @default none */
  readonly inFlightMax?: number;
  /** Who waits longer for a slot than this gets an error. @default none */
  readonly waitMaxS?: number;
}

export interface PoolRequest {
  readonly arrivedS: number;
  readonly waitS: number;
  readonly endedS: number;
  readonly outcome: 'ok' | 'timeout' | 'dropped';
}

/**
 * Discrete-event simulation: every request that arrives within `seconds`, in order of arrival, from
 * an empty pool on. Since service is first come first served, a request's start is known when it
 * arrives: the slot that is free first.
 */
export function simulatePoolQueue(queue: PoolQueue): readonly PoolRequest[] {
  const random = seededRandom(queue.seed);
  const exponential = (): number => -Math.log(1 - random());
  const slotsFreeS = new MinHeap();
  for (let slot = 0; slot < queue.slots; slot += 1) slotsFreeS.push(0);
  const dueS = new MinHeap();
  const { arrivals, slowdownAt = () => 1 } = queue;
  const waitMaxS = queue.waitMaxS ?? Number.POSITIVE_INFINITY;
  const interarrivalS = (): number => {
    if (arrivals.kind === 'closed') return arrivals.thinkS * exponential();
    return (arrivals.kind === 'poisson' ? exponential() : 1) / arrivals.perSecond;
  };
  const sources = arrivals.kind === 'closed' ? arrivals.clients : 1;
  for (let source = 0; source < sources; source += 1) dueS.push(interarrivalS());
  const endsS = new MinHeap();
  const requests: PoolRequest[] = [];
  while (dueS.smallest < queue.seconds) {
    const arrivedS = dueS.pop();
    if (arrivals.kind !== 'closed') dueS.push(arrivedS + interarrivalS());
    if (queue.inFlightMax !== undefined) {
      while (endsS.smallest <= arrivedS) endsS.pop();
      if (endsS.size >= queue.inFlightMax) {
        requests.push({ arrivedS, waitS: 0, endedS: arrivedS, outcome: 'dropped' });
        continue;
      }
    }
    const startS = Math.max(arrivedS, slotsFreeS.smallest);
    const waitS = startS - arrivedS;
    const served = waitS <= waitMaxS;
    let endedS = arrivedS + waitMaxS;
    if (served) {
      slotsFreeS.pop();
      endedS = startS + serviceS(queue.service, random, exponential) * slowdownAt(startS);
      slotsFreeS.push(endedS);
    }
    if (queue.inFlightMax !== undefined) endsS.push(endedS);
    if (arrivals.kind === 'closed') dueS.push(endedS + interarrivalS());
    requests.push({ arrivedS, waitS, endedS, outcome: served ? 'ok' : 'timeout' });
  }
  return requests;
}

function serviceS(
  { kind, meanS, variation = 1 }: PoolQueue['service'],
  random: () => number,
  exponential: () => number,
): number {
  if (kind === 'constant') return meanS;
  if (kind === 'exponential') return meanS * exponential();
  const variance = Math.log(1 + variation ** 2);
  // Box–Muller.
  const normal = Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * random());
  return meanS * Math.exp(Math.sqrt(variance) * normal - variance / 2);
}
