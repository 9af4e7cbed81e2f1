import { ADMIN_PATHS } from '../../server/contract.ts';

/** What a scrape's samples are told apart by, as label `job`. */
export const SCRAPE_JOBS = { api: 'pool-lab-api', harness: 'pool-lab-harness' } as const;

/** Exhaustion in a lab comes and goes within seconds. */
export const SCRAPE_INTERVAL = '1s';
const EVALUATION_INTERVAL = '1s';

export interface ScrapeTargets {
  /** Host and port of the API's admin endpoint, e.g. `127.0.0.1:9464`. */
  readonly api: string;
  /** Of the harness's own endpoint. */
  readonly harness: string;
}

/**
 * Prometheus's configuration file. Written as JSON, which is YAML that needs no quoting rules.
 *
 * @param ruleFiles paths as Prometheus reads them: relative ones from the file's own directory, and
 *   with `*`, `?` and `[` as patterns
 */
export function prometheusConfiguration(
  targets: ScrapeTargets,
  ruleFiles: readonly string[],
): string {
  const job = (name: string, target: string) => ({
    job_name: name,
    metrics_path: ADMIN_PATHS.metrics,
    static_configs: [{ targets: [target] }],
  });
  const configuration = {
    global: {
      scrape_interval: SCRAPE_INTERVAL,
      // May not be longer than the interval, which its default of 10 s is.
      scrape_timeout: SCRAPE_INTERVAL,
      evaluation_interval: EVALUATION_INTERVAL,
    },
    rule_files: ruleFiles,
    scrape_configs: [job(SCRAPE_JOBS.api, targets.api), job(SCRAPE_JOBS.harness, targets.harness)],
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}
