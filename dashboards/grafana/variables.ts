import { HARNESS_METRICS, METRICS } from '../../server/contract.ts';

/** What the reader of the dashboard chooses; the expressions have it as `$name`. */
export interface Variable {
  readonly name: 'job' | 'instance' | 'worker' | 'route' | 'load';
  readonly label: string;
  readonly description: string;
  /** Its values are those of `label` on `series`. */
  readonly valuesOf: { readonly series: string; readonly label: string };
  /**
   * What "All" is in an expression. Not the list of values: series that appear later, such as those of a
   * worker's successor, are meant too.
   */
  readonly all: string;
  readonly regex?: string;
}

/** Uid of the data source that the composed Grafana is provisioned with; others are chosen at the top. */
export const PROVISIONED_DATASOURCE = { name: 'Prometheus', uid: 'pool-lab-prometheus' } as const;

const ofApi = 'job=~"$job", instance=~"$instance"';

export const VARIABLES: readonly Variable[] = [
  {
    name: 'job',
    label: 'Job',
    description: 'Scrape job of the API',
    valuesOf: { series: METRICS.pendingRequests, label: 'job' },
    all: '.+',
  },
  {
    name: 'instance',
    label: 'API',
    description: 'The API by its scraped address; each has its own database',
    valuesOf: { series: `${METRICS.pendingRequests}{job=~"$job"}`, label: 'instance' },
    all: '.+',
  },
  {
    name: 'worker',
    label: 'Worker',
    description: 'In the rows of pool and requests; budget and PostgreSQL always have all',
    valuesOf: { series: `${METRICS.pendingRequests}{${ofApi}}`, label: 'worker' },
    // Only ids: what workers long dead have counted is put together under other names, which come and go.
    all: '[0-9]+',
    regex: '/^[0-9]+$/',
  },
  {
    name: 'route',
    label: 'Route',
    description: 'In the row of requests',
    valuesOf: { series: `${METRICS.httpRequestSeconds}_count{${ofApi}}`, label: 'route' },
    all: '.+',
  },
  {
    name: 'load',
    label: 'Load',
    description: 'The load generator by its scraped address',
    valuesOf: { series: HARNESS_METRICS.phase, label: 'instance' },
    all: '.+',
  },
];

/**
 * An expression as Prometheus gets it: every variable at "All".
 *
 * @param rateInterval what Grafana would make of `$__rate_interval`, e.g. `5s`
 */
export function withAllChosen(expr: string, rateInterval: string): string {
  const replaced = expr.replaceAll('$__rate_interval', rateInterval);
  return VARIABLES.reduce((text, { name, all }) => text.replaceAll(`$${name}`, all), replaced);
}
