import { expect, test } from 'vitest';
import { prometheusLinks } from './prometheus-links.ts';

const GRAPH_URL = 'http://127.0.0.1:9090/graph';

test.each([
  ['version 2', '/graph', '/alerts'],
  ['version 3', '/query', '/alerts'],
  ["Debian's build", '/classic/graph', '/classic/alerts'],
])('%s has its alerts beside its graphs', (_, graphPath, alertsPath) => {
  const { url, alertsUrl, graphs } = prometheusLinks(`http://127.0.0.1:9090${graphPath}`);
  expect(url).toBe('http://127.0.0.1:9090');
  expect(alertsUrl).toBe(url + alertsPath);
  expect(graphs.map((graph) => new URL(graph.url).pathname)).toEqual(Array(3).fill(graphPath));
});

test('each graph is a link that opens with its expression', () => {
  const { graphs } = prometheusLinks(GRAPH_URL);
  expect(graphs.map(({ expression }) => expression)).toEqual([
    'sum(rate(pool_lab_pending_request_seconds_total[5s]))',
    'label_replace(sum(pool_lab_pg_connections), "series", "connections", "", "") or ' +
      'label_replace(max(pool_lab_pg_max_connections), "series", "max_connections", "", "")',
    // With those that come through a PgBouncer before 1.21, and without PgBouncer's own.
    'sum by (reason) (rate(pool_lab_connect_errors_total{reason=~"too_many_clients|reserved_superuser|reserved_role|role_limit|database_limit|refused_unknown"}[5s]))',
  ]);
  for (const { url, expression } of graphs) {
    const { searchParams } = new URL(url);
    expect(Object.fromEntries(searchParams)).toEqual({
      'g0.expr': expression,
      'g0.tab': '0',
      'g0.range_input': '5m',
    });
  }
});

test('a link can be pasted into a shell and clicked in a terminal', () => {
  for (const { url } of prometheusLinks(GRAPH_URL).graphs) {
    // A quoted URL has neither blanks nor quotes; a terminal ends a link at a bracket.
    expect(url).not.toMatch(/[\s'"<>[\]{}\\]/);
  }
});
