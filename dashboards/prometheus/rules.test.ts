import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expressionProblems } from '../promql/expression-problems.ts';
import { parseYaml } from '../yaml/yaml-document.ts';
import { alertAnnotations, ruleFile, ruleGroups } from './rule-file.ts';
import { scenarios } from './rule-test-file.ts';
import { ALL_WINDOWS, duration, LAB, PRODUCTION, SCRAPES } from './windows.ts';

const runbook = readFileSync(new URL('README.md', import.meta.url), 'utf8');
/** Names of alerts as the runbook's headings. */
const headings = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);

describe.each(ALL_WINDOWS)('the rules for $name', (windows) => {
  const groups = ruleGroups(windows);
  const recording = groups.flatMap((group) => group.recording);
  const alerts = groups.flatMap((group) => group.alerts);
  const recorded = recording.map(({ record }) => record);

  test('ask for nothing that does not exist', () => {
    const problems = [...recording, ...alerts].flatMap(({ expr }) =>
      expressionProblems(expr, { recorded }),
    );
    expect(problems).toEqual([]);
  });

  test('have names of their own, recorded ones by the convention level:metric:operations', () => {
    const names = [...recorded, ...alerts.map(({ alert }) => alert)];
    expect(new Set(names).size).toBe(names.length);
    for (const name of recorded) {
      expect(name).toMatch(/^(pool|instance|instance_sqlstate|job):(pool_lab|db_client)_\w+:\w+$/);
    }
  });

  test('record nothing before what it is made of', () => {
    const early = groups.flatMap(({ recording: own }) =>
      own.flatMap(({ expr }, index) =>
        own.slice(index).filter(({ record }) => expr.includes(record)),
      ),
    );
    expect(early).toEqual([]);
  });

  test('tell the value, what to do, and where more is said', () => {
    for (const rule of alerts) {
      expect(rule.summary).toContain('$labels.instance');
      expect(rule.description.length).toBeGreaterThan(120);
      const anchor = /^dashboards\/prometheus\/README\.md#(\w+)$/.exec(
        alertAnnotations(rule)['runbook'] ?? '',
      )?.[1];
      expect(headings.map((heading) => heading.toLowerCase())).toContain(anchor);
    }
  });

  test('are all in the runbook, and the runbook has no other', () => {
    expect(headings.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  });

  test('record nothing that no scenario looks at, itself or through an alert', () => {
    const seen = scenarios(windows).flatMap(({ checks }) =>
      checks.flatMap((check) => (check.recorded ?? []).map(({ record }) => record)),
    );
    const unseen = recorded
      .filter((record) => !seen.includes(record))
      .filter((record) => !alerts.some(({ expr }) => expr.includes(record)));
    expect(unseen).toEqual([]);
  });

  test('are each made to fire, and each held back at its edge', () => {
    const told = scenarios(windows);
    const fired = told.flatMap(({ checks }) =>
      checks.flatMap(({ firing }) => firing.map(({ alert }) => alert)),
    );
    const edges = told.flatMap(({ name }) => /edge of (\w+)/.exec(name)?.[1] ?? []);
    const names = alerts.map(({ alert }) => alert).toSorted();
    expect([...new Set(fired)].toSorted()).toEqual(names);
    expect([...new Set(edges)].toSorted()).toEqual(names);
    for (const { checks, name } of told.filter((one) => one.name.includes('edge of'))) {
      const held = /edge of (\w+)/.exec(name)?.[1];
      expect(checks.flatMap(({ firing }) => firing.map(({ alert }) => alert))).not.toContain(held);
    }
  });
});

test('the two files differ in their windows alone', () => {
  const shape = (text: string) => JSON.stringify(parseYaml(text)).replaceAll(/\d+[smh]\b/g, '…');
  const unnamed = (text: string) => shape(text).replaceAll(/_?…/g, '');
  expect(unnamed(ruleFile(LAB))).toBe(unnamed(ruleFile(PRODUCTION)));
  expect(ruleFile(LAB)).not.toBe(ruleFile(PRODUCTION));
});

test('nothing is recorded under one name with two windows, but what has no window', () => {
  const namesOf = (windows: (typeof ALL_WINDOWS)[number]) =>
    ruleGroups(windows).flatMap(({ recording }) => recording);
  const production = new Map(namesOf(PRODUCTION).map(({ record, expr }) => [record, expr]));
  const shared = namesOf(LAB).filter(({ record }) => production.has(record));
  expect(shared.filter(({ record, expr }) => production.get(record) !== expr)).toEqual([]);
});

test.each([
  [SCRAPES.rate, LAB, '8s'],
  [SCRAPES.rate, PRODUCTION, '2m'],
  [SCRAPES.brief, PRODUCTION, '30s'],
  [SCRAPES.memory, LAB, '2m'],
  [SCRAPES.memory, PRODUCTION, '30m'],
  [SCRAPES.memory * 2, PRODUCTION, '1h'],
] as const)('%i scrapes of %o are %s', (scrapes, windows, text) => {
  expect(duration(scrapes, windows)).toBe(text);
});
