import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expressionProblems } from '../promql/expression-problems.ts';
import { ANNOTATIONS } from './annotations.ts';
import { DIAGNOSES } from './diagnoses.ts';
import { dashboardJson, panelQueries } from './pool-exhaustion.ts';
import { QUERIES_WITHOUT_DATA } from './queries-without-data.ts';
import { VARIABLES, withAllChosen } from './variables.ts';

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly format?: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
  readonly collapsed?: boolean;
  readonly options: Record<string, unknown>;
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly min?: number };
  };
}

/** As Grafana gets it: the tests look at the result, whatever made it. */
const dashboard = JSON.parse(dashboardJson()) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Record<string, unknown>[] };
  readonly annotations: { readonly list: readonly Record<string, unknown>[] };
};
const rows = dashboard.panels.filter(({ type }) => type === 'row');
const all = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
const panels = all.filter(({ type }) => type !== 'row');
const answering = panels
  .filter(({ type }) => type !== 'text')
  .map((panel) => [panel.title, panel] as const);
const targets = panels.flatMap(({ title, targets: own = [] }) =>
  own.map((target) => [`${title} ${target.refId}`, target] as const),
);

test('there are seven rows, from the verdict to PgBouncer', () => {
  expect(rows.map(({ title }) => /^\w+/.exec(title)?.[0])).toEqual([
    'Verdict',
    'Budget',
    'Pool',
    'Requests',
    'PostgreSQL',
    'Generator',
    'PgBouncer',
  ]);
  expect(rows.filter(({ collapsed }) => collapsed).map(({ title }) => title)).toEqual([
    expect.stringMatching(/^PgBouncer/),
  ]);
});

test.each(answering)('%s: asks, has a unit, says what it shows and what to do', (_, panel) => {
  expect(panel.title).toMatch(/\?$/);
  expect(panel.fieldConfig?.defaults.unit).toMatch(/\S/);
  const [shows = '', advice = ''] = (panel.description ?? '').split('\n\n**What to do:** ');
  expect(shows.length).toBeGreaterThan(40);
  expect(advice.length).toBeGreaterThan(80);
  for (const sentence of [shows, advice]) expect(sentence).toMatch(/[.)]$/);
});

test('titles and ids are unique', () => {
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test.each(targets)('%s is PromQL about what exists', (_, { expr }) => {
  const replaced = withAllChosen(expr, '5s');
  expect(replaced).not.toContain('$');
  expect(expressionProblems(replaced)).toEqual([]);
});

test.each(targets)('%s lets the reader choose whose numbers they are', (_, { expr }) => {
  const selectors = expr.match(/\b(?:db_client|pool_lab)_\w+(?:\{[^}]*\})?/g) ?? [];
  expect(selectors.length).toBeGreaterThan(0);
  for (const selector of selectors) {
    expect(selector).toMatch(/job=~"\$job", instance=~"\$instance"\}$|instance=~"\$load"\}$/);
  }
});

test.each(targets)(
  '%s takes no rate over a window that ignores the scrape interval',
  (_, { expr }) => {
    for (const [, window] of expr.matchAll(/\[([^\]]*)\]/g)) {
      // What is left are character classes of patterns.
      expect(window).toMatch(/^(\$__rate_interval|0-9)$/);
    }
  },
);

test('every panel and every query asks the data source that was chosen', () => {
  const uids = [
    ...panels.flatMap(({ datasource }) => (datasource === undefined ? [] : [datasource.uid])),
    ...targets.map(([, { datasource }]) => datasource.uid),
  ];
  expect(uids).toHaveLength(answering.length + targets.length);
  expect(new Set(uids)).toEqual(new Set(['$datasource']));
});

test('no two panels overlap, and every line is filled', () => {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of all) {
    for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        const cell = `${x} ${y}`;
        expect(taken.get(cell), `${title} at ${cell}`).toBeUndefined();
        taken.set(cell, title);
      }
    }
  }
  const bottom = Math.max(...all.map(({ gridPos }) => gridPos.y + gridPos.h));
  expect(taken.size).toBe(bottom * 24);
  expect(all.every(({ gridPos }) => gridPos.x >= 0 && gridPos.x + gridPos.w <= 24)).toBe(true);
});

test('the first row is on one screen, and the numbers in it are those of now', () => {
  const [first, second] = rows;
  const inFirst = panels.filter(
    ({ gridPos }) => gridPos.y > (first?.gridPos.y ?? 0) && gridPos.y < (second?.gridPos.y ?? 0),
  );
  // A screen of 900 pixels, less Grafana's own head, holds about 20 units.
  expect(second?.gridPos.y).toBeLessThanOrEqual(18);
  const stats = inFirst.filter(({ type }) => type === 'stat');
  expect(stats).toHaveLength(6);
  for (const { targets: own = [] } of panels.filter(({ type }) => type === 'stat')) {
    for (const { instant, range } of own)
      expect({ instant, range }).toEqual({ instant: true, range: false });
  }
});

test('curves begin at 0', () => {
  const curves = panels.filter(({ type }) => type === 'timeseries');
  expect(curves.length).toBeGreaterThan(20);
  for (const { title, fieldConfig } of curves) {
    expect([title, fieldConfig?.defaults.min]).toEqual([title, 0]);
  }
});

test('heat maps take the buckets as Prometheus has them', () => {
  const maps = panels.filter(({ type }) => type === 'heatmap');
  expect(maps).toHaveLength(1);
  for (const { options, targets: own = [] } of maps) {
    expect(options).toMatchObject({
      calculate: false,
      yAxis: { unit: 's' },
      filterValues: { le: 1e-9 },
    });
    expect(own).toEqual([expect.objectContaining({ format: 'heatmap', range: true })]);
    expect(own[0]?.expr).toMatch(/^sum by \(le\) \(rate\(\w+_bucket\{/);
  }
});

test('there is a mark for phases of the load, for restarts and for alerts', () => {
  expect(dashboard.annotations.list.map(({ name }) => name)).toEqual([
    'Phases of the load',
    'Worker restarts',
    'Alerts',
  ]);
  for (const { expr } of ANNOTATIONS) {
    expect(expressionProblems(withAllChosen(expr, '5s'))).toEqual([]);
  }
});

test('the data source comes first and the rest are asked of it, all chosen', () => {
  const [source, ...others] = dashboard.templating.list;
  expect(source).toMatchObject({ type: 'datasource', name: 'datasource', query: 'prometheus' });
  expect(others.map(({ name }) => name)).toEqual(['job', 'instance', 'worker', 'route', 'load']);
  for (const variable of others) {
    expect(variable).toMatchObject({
      datasource: { uid: '$datasource' },
      includeAll: true,
      multi: true,
    });
    expect(variable['current']).toEqual({ text: ['All'], value: ['$__all'] });
  }
});

test.each(VARIABLES.map((variable) => [variable.name, variable] as const))(
  'the values of $%s are those of a label that exists',
  (_, { valuesOf }) => {
    const { series, label } = valuesOf;
    const expression = `count by (${label}) (${withAllChosen(series, '5s')})`;
    expect(expressionProblems(expression)).toEqual([]);
  },
);

test('no variable is named like the beginning of another, so that replacing them is safe', () => {
  const names = VARIABLES.map(({ name }) => name);
  const beginnings = names.filter((name) =>
    names.some((other) => other !== name && other.startsWith(name)),
  );
  expect(beginnings).toEqual([]);
});

test('sections of the README that panels refer to are there', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const sections = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title);
  const named = [...dashboardJson().matchAll(/README: ([^.|"]+)\./g)].map(([, title]) => title);
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((title) => !sections.includes(title))).toEqual([]);
});

test('the queries that a run may leave without data are queries of the dashboard, with a reason', () => {
  const known = panelQueries().map(({ panel, refId }) => `${panel} ${refId}`);
  for (const { panel, refId, reason } of QUERIES_WITHOUT_DATA) {
    expect(known).toContain(`${panel} ${refId}`);
    expect(reason.length).toBeGreaterThan(20);
  }
});

test('the queries told of are those in the JSON', () => {
  const told = panelQueries().map(({ panel, refId, expr }) => [`${panel} ${refId}`, expr]);
  expect(told).toEqual(targets.map(([name, { expr }]) => [name, expr]));
});

test('its README explains each line of the verdict', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const explained = [...readme.matchAll(/^\| ([A-Z][^|]+) \| .{20,} \|$/gm)].flatMap(
    ([, names = '']) => names.split(', '),
  );
  for (const { name } of DIAGNOSES) expect(explained).toContain(name);
});
