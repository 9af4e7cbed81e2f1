import { METRICS, POSTGRES_REFUSALS } from '../../server/contract.ts';

/** Where to look in a Prometheus that scrapes the lab. */
export interface PrometheusLinks {
  readonly url: string;
  readonly alertsUrl: string;
  readonly graphs: readonly PrometheusGraph[];
}

export interface PrometheusGraph {
  /** What it answers. */
  readonly title: string;
  readonly expression: string;
  readonly url: string;
}

/** Long enough for five scrapes a second apart, short enough to show a burst. */
const RATE_WINDOW = '5s';
/** What a graph shows at first: the start of the lab with it. */
const GRAPH_RANGE = '5m';

/** What one looks for first, exhaustion's cause before its effect. */
const GRAPHS: readonly Omit<PrometheusGraph, 'url'>[] = [
  {
    title: 'requests that wait for a connection, on average',
    expression: `sum(${rate(METRICS.pendingSecondsTotal)})`,
  },
  {
    title: 'connections PostgreSQL has, against what it allows',
    expression: [
      named('connections', `sum(${METRICS.pgConnections})`),
      named('max_connections', `max(${METRICS.pgMaxConnections})`),
    ].join(' or '),
  },
  {
    title: 'connections PostgreSQL refuses per second',
    expression: `sum by (reason) (${rate(`${METRICS.connectErrorsTotal}{reason=~"${POSTGRES_REFUSALS.join('|')}"}`)})`,
  },
];

/** @param graphUrl Prometheus's first page, where expressions are drawn; its alerts are beside it */
export function prometheusLinks(graphUrl: string): PrometheusLinks {
  return {
    url: new URL(graphUrl).origin,
    alertsUrl: new URL('alerts', graphUrl).href,
    graphs: GRAPHS.map((graph) => ({ ...graph, url: linkTo(graphUrl, graph.expression) })),
  };
}

function rate(selector: string): string {
  return `rate(${selector}[${RATE_WINDOW}])`;
}

/** A line of its own in a graph of several. */
function named(name: string, expression: string): string {
  return `label_replace(${expression}, "series", "${name}", "", "")`;
}

/** `g0.tab=0` is the graph, in all of Prometheus's user interfaces. */
function linkTo(graphUrl: string, expression: string): string {
  const query = new URLSearchParams({
    'g0.expr': expression,
    'g0.tab': '0',
    'g0.range_input': GRAPH_RANGE,
  });
  return `${graphUrl}?${query}`;
}
