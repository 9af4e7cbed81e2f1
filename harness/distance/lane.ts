import type { Socket } from 'node:net';
import type { ClockUs } from '../load/monotonic-clock.ts';
import { breakSocket } from './broken-socket.ts';
import type { DelayLine, Link } from './delay-line.ts';
import type { Disturbances } from './disturbances.ts';
import type { FaultTally } from './fault-tally.ts';
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
  readonly #toIsTcp: boolean;
  readonly #line: DelayLine;
  readonly #link: Link;
  readonly #schedule: ReleaseSchedule;
  readonly #disturbances: Disturbances;
  readonly #nowUs: ClockUs;
  #underWay = 0;
  #underWayBytes = 0;
  #broken = false;
  /** Who takes the blame for what is lost from now on; `null`: nothing is. */
  #lost: FaultTally | null = null;

  constructor(
    {
      from,
      to,
      toIsTcp,
    }: { readonly from: Socket; readonly to: Socket; readonly toIsTcp: boolean },
    network: {
      readonly line: DelayLine;
      readonly link: Link;
      readonly schedule: ReleaseSchedule;
      readonly disturbances: Disturbances;
      readonly nowUs: ClockUs;
    },
  ) {
    this.#from = from;
    this.#to = to;
    this.#toIsTcp = toIsTcp;
    this.#line = network.line;
    this.#link = network.link;
    this.#schedule = network.schedule;
    this.#disturbances = network.disturbances;
    this.#nowUs = network.nowUs;
    from.on('data', (chunk) => this.#send(chunk));
    from.on('end', () => this.signal(() => to.end()));
    from.on('error', () => this.#break());
    to.on('drain', () => this.#flow());
  }

  /** `then` happens at the far end when this has arrived there. */
  signal(then: () => void): void {
    this.#later(0, () => {
      if (this.#lost === null) then();
    });
  }

  /** What is under way and all that comes later never arrives. */
  lose(tally: FaultTally): void {
    this.#lost ??= tally;
    this.#flow();
  }

  /** The near end is gone without a goodbye: so is the far end, after what is under way. */
  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.signal(() => breakSocket(this.#to, { isTcp: this.#toIsTcp }));
  }

  #send(chunk: Buffer): void {
    if (this.#lost !== null) {
      this.#lost.bytesLost += chunk.length;
      return;
    }
    const piece = this.#link.pieceBytesMax;
    for (let at = 0; at < chunk.length; at += piece) {
      const bytes = chunk.subarray(at, Math.min(chunk.length, at + piece));
      this.#underWayBytes += bytes.length;
      this.#later(bytes.length, () => {
        this.#underWayBytes -= bytes.length;
        if (this.#lost !== null) this.#lost.bytesLost += bytes.length;
        else if (this.#to.writable) this.#to.write(bytes);
        this.#flow();
      });
    }
    this.#flow();
  }

  #later(bytes: number, then: () => void): void {
    this.#underWay += 1;
    const arrive = (): void =>
      this.#disturbances.deliver(bytes, () => {
        this.#underWay -= 1;
        then();
      });
    const nowUs = this.#nowUs();
    const dueUs = this.#line.dueUs(bytes, nowUs);
    // Where there is no distance nothing has to wait for its moment, and nothing overtakes what does.
    if (dueUs <= nowUs && this.#underWay === 1) arrive();
    else this.#schedule.at(dueUs, arrive);
  }

  /** Stops reading while too much is under way or unread; goes on when half of that is gone. */
  #flow(): void {
    const heldBytes = this.#underWayBytes + this.#to.writableLength;
    if (this.#lost === null && heldBytes >= WINDOW_BYTES) this.#from.pause();
    else if (this.#lost !== null || heldBytes <= WINDOW_BYTES / 2) {
      if (this.#from.isPaused()) this.#from.resume();
    }
  }
}
