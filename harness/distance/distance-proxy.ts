import { once } from 'node:events';
import { createServer } from 'node:net';
import { createHistogram, performance } from 'node:perf_hooks';
import type { DistanceReading } from '../analysis/trial-machine.ts';
import { US_PER_MS } from '../load/monotonic-clock.ts';
import type { Timeline } from '../load/open/timeline.ts';
import type { Distance } from '../plan/distance.ts';
import { Link } from './delay-line.ts';
import { DistantConnection, type Target } from './distant-connection.ts';
import { Disturbances } from './disturbances.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { ReleaseSchedule } from './release-schedule.ts';

/** As many as PostgreSQL keeps waiting: a storm of connects must not be refused here instead of there. */
const BACKLOG = 4_096;

export interface DistanceProxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** What it did since the last reading, or since its start. */
  read(): DistanceReading;
  readonly faults: FaultSchedule;
  /** Breaks every connection. */
  close(): Promise<void>;
}

/** Listens for clients of `target`, which is as far away as asked for. */
export async function startDistanceProxy(
  options: { readonly target: Target; readonly distance: Distance; readonly seed: number },
  timeline: Timeline,
): Promise<DistanceProxy> {
  const { target, distance, seed } = options;
  const late = createHistogram();
  const schedule = await ReleaseSchedule.start(timeline, (lateUs) =>
    // It takes whole numbers from 1.
    late.record(Math.max(1, Math.round(lateUs))),
  );
  const disturbances = new Disturbances();
  const faults = new FaultSchedule(disturbances, timeline);
  const network = {
    ...{ distance, seed, schedule, disturbances, nowUs: timeline.nowUs },
    there: new Link(distance),
    back: new Link(distance),
  };
  const connections = new Set<DistantConnection>();
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const about = { target, number: accepted, network };
    const connection = new DistantConnection(client, about, (closed) => {
      connections.delete(closed);
      disturbances.closed(closed);
    });
    accepted += 1;
    connections.add(connection);
  });
  server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  let acceptedBefore = 0;
  let utilization = performance.eventLoopUtilization();
  return {
    port: address.port,
    faults,
    read: () => {
      const loop = performance.eventLoopUtilization(utilization);
      const reading: DistanceReading = {
        connections: accepted - acceptedBefore,
        deliveries: late.count,
        lateMsP50: late.count === 0 ? null : late.percentile(50) / US_PER_MS,
        lateMsP99: late.count === 0 ? null : late.percentile(99) / US_PER_MS,
        lateMsMax: late.count === 0 ? null : late.max / US_PER_MS,
        eventLoopUtilization: loop.utilization,
      };
      late.reset();
      acceptedBefore = accepted;
      utilization = performance.eventLoopUtilization();
      return reading;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      faults.end();
      for (const connection of connections) connection.close();
      await closed;
      await schedule.close();
    },
  };
}
