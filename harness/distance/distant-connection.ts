import { Socket } from 'node:net';
import { derivedSeed } from '../load/derived-seed.ts';
import type { ClockUs } from '../load/monotonic-clock.ts';
import type { Distance } from '../plan/distance.ts';
import { seededRandom } from '../seeded-random.ts';
import { breakSocket } from './broken-socket.ts';
import { DelayLine, type Link } from './delay-line.ts';
import type { Disturbances, Disturbed } from './disturbances.ts';
import type { FaultTally } from './fault-tally.ts';
import { Lane } from './lane.ts';
import type { ReleaseSchedule } from './release-schedule.ts';

export interface Network {
  readonly distance: Distance;
  readonly seed: number;
  readonly there: Link;
  readonly back: Link;
  readonly schedule: ReleaseSchedule;
  readonly disturbances: Disturbances;
  readonly nowUs: ClockUs;
}

/** Host and port, or the socket in a directory that libpq would take. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * A connection that was accepted here, made one over the network, to `target`.
 *
 * The handshake is made up for: the client's kernel says at once that it is connected, where it would have to
 * wait for a round trip. What it sends until then leaves when that is over; and the server is connected
 * to when the handshake's last packet would arrive there, which is what makes PostgreSQL start a backend.
 *
 * Not made up for: a refused connection shows as one that is reset, half a round trip late, and one that nobody
 * answers to as one that is made and silent. Slow start, loss and what TCP does about it there are none.
 */
export class DistantConnection implements Disturbed {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #upstreamIsTcp: boolean;
  readonly #lanes: readonly Lane[];
  #isSilent = false;

  /**
   * @param number of the connection, from 0: what its jitter is drawn by
   * @param onClosed when both ends are gone
   */
  constructor(
    client: Socket,
    { target, number, network }: { target: Target; number: number; network: Network },
    onClosed: (connection: DistantConnection) => void,
  ) {
    const { distance, seed, there, back, schedule, disturbances, nowUs } = network;
    const acceptedUs = nowUs();
    // Its own class: what is written before it is connected waits in it, and `connect` comes later.
    const upstream = new Socket({ allowHalfOpen: true });
    this.#client = client;
    this.#upstream = upstream;
    this.#upstreamIsTcp = !target.host.startsWith('/');
    const lineOf = (link: Link, stream: number): DelayLine =>
      new DelayLine(distance, {
        link,
        random: seededRandom(derivedSeed(seed, 2 * number + stream)),
      });
    const [lineThere, lineBack] = [lineOf(there, 0), lineOf(back, 1)];
    const roundTripUs = lineThere.oneWayUs() + lineBack.oneWayUs();
    lineThere.openAt(acceptedUs + roundTripUs);
    for (const socket of [client, upstream]) socket.setNoDelay(true);

    const path = { schedule, disturbances, nowUs };
    const forth = new Lane(
      { from: client, to: upstream, toIsTcp: this.#upstreamIsTcp },
      { ...path, line: lineThere, link: there },
    );
    this.#lanes = [
      forth,
      new Lane(
        { from: upstream, to: client, toIsTcp: true },
        { ...path, line: lineBack, link: back },
      ),
    ];
    let open = 2;
    for (const socket of [client, upstream]) {
      socket.once('close', () => {
        open -= 1;
        if (open === 0) onClosed(this);
      });
    }
    if (disturbances.opened(this) === 'refused') {
      // What a client is told by a refusal has gone there and come back.
      schedule.at(acceptedUs + roundTripUs, () => disturbances.deliver(0, () => this.close()));
      return;
    }
    forth.signal(() => {
      if (upstream.destroyed) return;
      upstream.connect(
        this.#upstreamIsTcp
          ? { host: target.host, port: target.port }
          : { path: `${target.host}/.s.PGSQL.${target.port}` },
      );
    });
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  break(tally: FaultTally): void {
    for (const lane of this.#lanes) lane.lose(tally);
    this.close();
  }

  silence(tally: FaultTally): void {
    this.#isSilent = true;
    for (const lane of this.#lanes) lane.lose(tally);
  }

  /** Breaks both ends, at once. */
  close(): void {
    breakSocket(this.#client, { isTcp: true });
    breakSocket(this.#upstream, { isTcp: this.#upstreamIsTcp });
  }
}
