import type { Socket } from 'node:net';
import type { ClockUs } from '../load/monotonic-clock.ts';
import type { DelayLine, Link } from './delay-line.ts';
import type { ReleaseSchedule } from './release-schedule.ts';

/**
 * Bytes of one direction of a connection that may be under way or wait for a reader: what TCP's window is.
 * A connection therefore carries this much in half a round trip at most, 100 MB/s at 20 ms; a sender
 * whose peer does not read is stopped here, as it would be there.
 */
export const WINDOW_BYTES = 1024 * 1024;

/** One direction of a connection: what `from` sends arrives at `to`, in order, after its time on the way. */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #line: DelayLine;
  readonly #link: Link;
  readonly #schedule: ReleaseSchedule;
  readonly #nowUs: ClockUs;
  #underWayBytes = 0;
  #broken = false;

  constructor(
    { from, to }: { readonly from: Socket; readonly to: Socket },
    network: {
      readonly line: DelayLine;
      readonly link: Link;
      readonly schedule: ReleaseSchedule;
      readonly nowUs: ClockUs;
    },
  ) {
    this.#from = from;
    this.#to = to;
    this.#line = network.line;
    this.#link = network.link;
    this.#schedule = network.schedule;
    this.#nowUs = network.nowUs;
    from.on('data', (chunk) => this.#send(chunk));
    from.on('end', () => this.#later(0, () => to.end()));
    from.on('error', () => this.#break());
    to.on('drain', () => this.#flow());
  }

  /** `then` happens at the far end when this has arrived there. */
  signal(then: () => void): void {
    this.#later(0, then);
  }

  /** The near end is gone without a goodbye: so is the far end, after what is under way. */
  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#later(0, () => this.#to.resetAndDestroy());
  }

  #send(chunk: Buffer): void {
    const piece = this.#link.pieceBytesMax;
    for (let at = 0; at < chunk.length; at += piece) {
      const bytes = chunk.subarray(at, Math.min(chunk.length, at + piece));
      this.#underWayBytes += bytes.length;
      this.#later(bytes.length, () => {
        this.#underWayBytes -= bytes.length;
        if (this.#to.writable) this.#to.write(bytes);
        this.#flow();
      });
    }
    this.#flow();
  }

  #later(bytes: number, then: () => void): void {
    this.#schedule.at(this.#line.dueUs(bytes, this.#nowUs()), then);
  }

  /** Stops reading while too much is under way or unread; goes on when half of that is gone. */
  #flow(): void {
    const heldBytes = this.#underWayBytes + this.#to.writableLength;
    if (heldBytes >= WINDOW_BYTES) this.#from.pause();
    else if (heldBytes <= WINDOW_BYTES / 2 && this.#from.isPaused()) this.#from.resume();
  }
}
