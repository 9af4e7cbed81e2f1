import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSweepPlan } from '../../plan/sweep/parse-sweep-plan.ts';
import { exampleDirectory } from './example-directory.ts';

const EXAMPLES = readdirSync(exampleDirectory('.'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('there are examples', () => {
  expect(EXAMPLES).toEqual(['fastapi-sqlalchemy', 'node-http-pg', 'spring-hikari']);
});

test.each(EXAMPLES)('the settings of %s are a sweep whose shapes reach the service', (name) => {
  const text = readFileSync(join(exampleDirectory(name), 'pool-lab.yaml'), 'utf8');
  const file = { name: 'pool-lab.yaml', text };
  const { plan, warnings } = parseSweepPlan({ flags: {}, env: {}, file });
  expect(warnings).toEqual([]);
  expect(plan.base.service).toMatchObject({ kind: 'command', shell: false, shapeKnown: true });
  expect(plan.axes.poolSize.length).toBeGreaterThan(1);
});

test.each(EXAMPLES)('the variables that %s is given are those it reads', (name) => {
  const directory = exampleDirectory(name);
  const file = { name: '', text: readFileSync(join(directory, 'pool-lab.yaml'), 'utf8') };
  const { service } = parseSweepPlan({ flags: {}, env: {}, file }).plan.base;
  const sources = readdirSync(directory)
    .filter((path) => /^(app\.py|server\.mjs|application\.yml)$/.test(path))
    .map((path) => readFileSync(join(directory, path), 'utf8'));
  const given = service?.kind === 'command' ? Object.keys(service.env) : [];
  expect(given.length).toBeGreaterThan(2);
  expect(given.filter((variable) => !sources.join().includes(variable))).toEqual([]);
});
