import { Socket } from 'node:net';
import type { ClockUs } from '../load/monotonic-clock.ts';
import { derivedSeed } from '../load/open/derived-seed.ts';
import type { Distance } from '../plan/distance.ts';
import { seededRandom } from '../seeded-random.ts';
import { DelayLine, type Link } from './delay-line.ts';
import { Lane } from './lane.ts';
import type { ReleaseSchedule } from './release-schedule.ts';

export interface Network {
  readonly distance: Distance;
  readonly seed: number;
  readonly there: Link;
  readonly back: Link;
  readonly schedule: ReleaseSchedule;
  readonly nowUs: ClockUs;
}

/** Host and port, or the socket in a directory that libpq would take. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Makes a connection that was accepted here one over the network, to `target`.
 *
 * The handshake is made up for: the client's kernel says at once that it is connected, where it would have to
 * wait for a round trip. What it sends until then leaves when that is over; and the server is connected
 * to when the handshake's last packet would arrive there, which is what makes PostgreSQL start a backend.
 *
 * Not made up for: a refused connection shows as one that is reset, half a round trip late. Slow start, loss
 * and what TCP does about it there are none.
 *
 * @param number of the connection, from 0: what its jitter is drawn by
 * @param onClosed when both ends are gone
 */
export function openDistantConnection(
  client: Socket,
  { target, number, network }: { target: Target; number: number; network: Network },
  onClosed: () => void,
): { readonly upstream: Socket } {
  const { distance, seed, there, back, schedule, nowUs } = network;
  const acceptedUs = nowUs();
  // Its own class: what is written before it is connected waits in it, and `connect` comes later.
  const upstream = new Socket({ allowHalfOpen: true });
  const lineOf = (link: Link, stream: number): DelayLine =>
    new DelayLine(distance, {
      link,
      random: seededRandom(derivedSeed(seed, 2 * number + stream)),
    });
  const [lineThere, lineBack] = [lineOf(there, 0), lineOf(back, 1)];
  lineThere.openAt(acceptedUs + lineThere.oneWayUs() + lineBack.oneWayUs());
  for (const socket of [client, upstream]) socket.setNoDelay(true);

  const path = { schedule, nowUs };
  const forth = new Lane({ from: client, to: upstream }, { ...path, line: lineThere, link: there });
  forth.signal(() => {
    if (upstream.destroyed) return;
    upstream.connect(
      target.host.startsWith('/')
        ? { path: `${target.host}/.s.PGSQL.${target.port}` }
        : { host: target.host, port: target.port },
    );
  });
  new Lane({ from: upstream, to: client }, { ...path, line: lineBack, link: back });

  let open = 2;
  for (const socket of [client, upstream]) {
    socket.once('close', () => {
      open -= 1;
      if (open === 0) onClosed();
    });
  }
  return { upstream };
}
