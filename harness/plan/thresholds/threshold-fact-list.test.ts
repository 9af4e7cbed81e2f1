import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { factMarkdown, factsByUnit, familyTitle } from './threshold-fact-list.ts';
import { FACT_FAMILIES, FACT_NAMES } from './threshold-facts.ts';

test("the README's table of facts is the closed list", () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const between = /<!-- facts -->\n([\s\S]*?)\n?<!-- \/facts -->/.exec(readme)?.[1]?.trim();
  expect(between, 'README.md lacks the markers <!-- facts --> … <!-- /facts -->').toBe(
    factMarkdown(),
  );
});

test.each([
  [['usable'], 'usable'],
  [['cpu.api', 'cpu.postgres'], 'cpu.{api,postgres}'],
  [['floor', 'ceiling'], '{floor,ceiling}'],
  [['wait.p50', 'wait.p99', 'db.p50', 'db.p99'], '{wait,db}.{p50,p99}'],
  [['pg.connections.peak'], 'pg.connections.peak'],
  [['a.x', 'b.y'], 'a.x, b.y'],
])('%j are shown as %s', (names, title) => {
  expect(familyTitle(names)).toBe(title);
});

test('no fact is in the list twice, and help names every one', () => {
  expect(new Set(FACT_NAMES).size).toBe(FACT_FAMILIES.flatMap(({ names }) => [...names]).length);
  const shown = factsByUnit().flatMap(({ names }) => names.split(' '));
  expect(shown.sort()).toEqual(FACT_FAMILIES.map(({ names }) => familyTitle(names)).sort());
});
