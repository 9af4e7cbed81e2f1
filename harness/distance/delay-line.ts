import type { Distance } from '../plan/distance.ts';

const US_PER_MS = 1_000;
/** 1 Mbit/s is one bit per µs. */
const BITS_PER_BYTE = 8;

/** One direction of the network, which all connections share: it sends one thing after the other. */
export class Link {
  readonly #bitsPerUs: number | null;
  #freeAtUs = Number.NEGATIVE_INFINITY;

  constructor({ bandwidthMbit }: Pick<Distance, 'bandwidthMbit'>) {
    this.#bitsPerUs = bandwidthMbit;
  }

  /** When the last bit of it is on its way. */
  sentUs(bytes: number, { fromUs, nowUs }: { readonly fromUs: number; readonly nowUs: number }) {
    if (this.#bitsPerUs === null) return fromUs;
    const takesUs = (bytes * BITS_PER_BYTE) / this.#bitsPerUs;
    // What may not be sent yet must not keep the others waiting: the first packet of a connection, small.
    if (fromUs > nowUs) return fromUs + takesUs;
    this.#freeAtUs = Math.max(this.#freeAtUs, fromUs) + takesUs;
    return this.#freeAtUs;
  }

  /** What is longer is sent in pieces, as packets would come one by one. */
  get pieceBytesMax(): number {
    if (this.#bitsPerUs === null) return Number.POSITIVE_INFINITY;
    return Math.max(PACKET_BYTES, Math.floor((this.#bitsPerUs * US_PER_MS) / BITS_PER_BYTE));
  }
}
/** Payload of a TCP segment on Ethernet; finer pieces there are not. */
const PACKET_BYTES = 1_460;

/**
 * When what one end of a connection sends arrives at the other: half a round trip later, never before what
 * was sent before it. Planned from the moment something came in, not from when the thing before it went
 * out: a late wake-up makes single arrivals late, never the line slower.
 */
export class DelayLine {
  readonly #oneWayUs: number;
  readonly #jitterUs: number;
  readonly #random: () => number;
  readonly #link: Link;
  #opensAtUs = Number.NEGATIVE_INFINITY;
  #lastDueUs = Number.NEGATIVE_INFINITY;

  /** @param random in [0, 1) */
  constructor(distance: Distance, { link, random }: { link: Link; random: () => number }) {
    this.#oneWayUs = (distance.rttMs * US_PER_MS) / 2;
    this.#jitterUs = distance.jitterMs * US_PER_MS;
    this.#random = random;
    this.#link = link;
  }

  /** Nothing is sent before. */
  openAt(us: number): void {
    this.#opensAtUs = us;
  }

  /** @param bytes 0 for what has none: the opening of a connection, or its end */
  dueUs(bytes: number, nowUs: number): number {
    const fromUs = Math.max(nowUs, this.#opensAtUs);
    const sentUs = this.#link.sentUs(bytes, { fromUs, nowUs });
    this.#lastDueUs = Math.max(this.#lastDueUs, sentUs + this.oneWayUs());
    return this.#lastDueUs;
  }

  /** How long something takes from end to end: both ways together the round trip ± the jitter. */
  oneWayUs(): number {
    if (this.#jitterUs === 0) return this.#oneWayUs;
    return this.#oneWayUs + this.#jitterUs * (this.#random() - 0.5);
  }
}
