import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { METRICS } from '../../server/contract.ts';
import { ruleGroups } from '../prometheus/rule-file.ts';
import { ALL_WINDOWS } from '../prometheus/windows.ts';
import { KNOWN_SERIES, METRIC_NAMES } from '../promql/metric-contract.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What looks like a metric and is something else. */
const NO_METRICS: ReadonlyMap<string, string> = new Map([
  ['pool_lab_api', 'the role of PostgreSQL that the API logs in as'],
  ['db_client_connection_state', "a label, of OpenTelemetry's exporters"],
  ['db_client_connection_pool_name', "a label, of OpenTelemetry's exporters"],
]);

const recorded = ALL_WINDOWS.flatMap((windows) =>
  ruleGroups(windows).flatMap(({ recording }) => recording.map(({ record }) => record)),
);
/** Histograms by their own names too, which a text may use and a query may not. */
const known = new Set([...KNOWN_SERIES.keys(), ...Object.values(METRIC_NAMES), ...recorded]);

/**
 * Names in a text that a reader would look for in Prometheus, and that it does not have. One that ends in `_*` or
 * `_…` or `_` stands for all that begin so.
 */
function unknownNames(text: string): readonly string[] {
  const names = text.matchAll(/(?<![\w:/.-])(?:\w+:)?(?:db_client|pool_lab)_[a-z0-9_:]*/g);
  return [...names]
    .map(([name]) => name.replace(/:$/, ''))
    .filter((name) => !NO_METRICS.has(name))
    .filter((name) =>
      name.endsWith('_') ? ![...known].some((one) => one.startsWith(name)) : !known.has(name),
    );
}

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: PROJECT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /^[^/]+\.md$|^dashboards\/.*\.(md|json|ya?ml|ts)$/.test(path))
  .filter((path) => !path.endsWith('.test.ts') && existsSync(join(PROJECT, path)));

test('there are texts of every kind to look at', () => {
  for (const path of ['README.md', 'ARCHITECTURE.md', 'dashboards/prometheus/README.md']) {
    expect(files).toContain(path);
  }
  expect(files.filter((path) => path.endsWith('.json'))).not.toEqual([]);
});

test('no text, rule or dashboard names a metric that does not exist', () => {
  const unknown = files.flatMap((path) =>
    unknownNames(readFileSync(join(PROJECT, path), 'utf8')).map((name) => `${path}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test.each([
  ['`pool_lab_pg_conections`', ['pool_lab_pg_conections']],
  [`rate(${METRICS.pendingSecondsTotal}s[1m])`, [`${METRICS.pendingSecondsTotal}s`]],
  ['instance:pool_lab_pg_connections:right', ['instance:pool_lab_pg_connections:right']],
  ['pool_lab_pgb_*', ['pool_lab_pgb_']],
  [`${METRICS.waitSeconds}, ${METRICS.waitSeconds}_bucket, pool_lab_pg_*, pool_lab_load_…`, []],
  ['instance:pool_lab_pg_connections:left', []],
  ['POOL_LAB_WORKERS, the schema pool_lab, application_name pool-lab-w1', []],
] as const)('in %s unknown is %j', (text, unknown) => {
  expect(unknownNames(text)).toEqual(unknown);
});
