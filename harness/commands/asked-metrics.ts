import { type HarnessMetrics, withHarnessMetrics } from '../metrics/harness-metrics.ts';

/** The harness's own metrics, where they were asked for, and `say` told where they are. */
export async function withAskedMetrics<T>(
  asked: {
    readonly metricsPort: number | null;
    /** Where the API listens, and so they do. @default loopback */
    readonly ports?: { readonly listen: string; readonly allowedHosts: readonly string[] };
  },
  say: (sentence: string) => void,
  use: (metrics: HarnessMetrics) => Promise<T>,
): Promise<T> {
  const { metricsPort, ports = { listen: '127.0.0.1', allowedHosts: [] } } = asked;
  const options = { port: metricsPort, host: ports.listen, allowedHosts: ports.allowedHosts };
  return await withHarnessMetrics(options, (metrics) => {
    if (metrics.url !== null) say(`metrics of the load: ${metrics.url}`);
    return use(metrics);
  });
}
