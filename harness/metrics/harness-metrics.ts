import { type LabObserver, UNOBSERVED } from '../runner/lab-observer.ts';
import { exposition } from './exposition.ts';
import { LoadMetrics } from './load-metrics.ts';
import { MachineMetrics } from './machine-metrics.ts';
import { startMetricsEndpoint } from './metrics-endpoint.ts';
import { ServerSideMetrics } from './server-side-metrics.ts';

export interface HarnessMetricsOptions {
  /** 0 lets the system choose; `null`: there is no endpoint, and nothing is observed. */
  readonly port: number | null;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** Authorities the endpoint answers to besides its own. @default none */
  readonly allowedHosts?: readonly string[];
}

export interface HarnessMetrics {
  /** To be given to the labs (`LabDeps.observer`) whose load is to be seen; one after the other. */
  readonly observer: LabObserver;
  /** Of the endpoint, its path included; `null` without one. */
  readonly url: string | null;
}

/**
 * The harness's own metrics on an endpoint for the time of `use`. Labs are started inside it, so that
 * the end of a run can still be scraped while PostgreSQL and the API are stopped.
 *
 * @throws LabError PORT_IN_USE
 */
export async function withHarnessMetrics<T>(
  { port, host = '127.0.0.1', allowedHosts = [] }: HarnessMetricsOptions,
  use: (metrics: HarnessMetrics) => Promise<T>,
): Promise<T> {
  if (port === null) return await use({ observer: UNOBSERVED, url: null });
  const load = new LoadMetrics();
  const machine = new MachineMetrics();
  const serverSide = new ServerSideMetrics();
  const endpoint = await startMetricsEndpoint({
    host,
    port,
    allowedHosts,
    read: () => exposition([...load.families(), ...machine.families(), ...serverSide.families()]),
  });
  try {
    return await use({
      url: endpoint.url,
      observer: {
        onProcess: (part, pid) => machine.onProcess(part, pid),
        onLoad: (phase) => load.begin(phase),
        onServerSide: (sample) => serverSide.show(sample),
      },
    });
  } finally {
    await endpoint.close();
  }
}
