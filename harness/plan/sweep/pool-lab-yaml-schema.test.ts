import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { LabError } from '../../lab-error.ts';
import type { RawFlags } from '../option-table.ts';
import { REQUEST_KEYS } from '../requests/requests-of-file.ts';
import { sweepOfRequests } from '../requests/test/sweep-of-requests.ts';
import { SERVICE_OPTIONS } from '../service-options.ts';
import { exampleSettings } from './example-settings.ts';
import { poolLabYamlSchema } from './pool-lab-yaml-schema.ts';
import { SWEEP_PLAN_OPTIONS } from './sweep-options.ts';
import { refusalOf, sweep } from './test/parsed-sweep.ts';

const schema = z.fromJSONSchema(JSON.parse(poolLabYamlSchema()));
/** As an editor sees the file: with numbers and booleans, as YAML 1.2 has them. */
const accepts = (text: string): boolean => schema.safeParse(parse(text)).success;

test('the published JSON Schema is made from the options (vitest -u renews it)', async () => {
  await expect(poolLabYamlSchema()).toMatchFileSnapshot('pool-lab-yaml.schema.json');
});

test('the schema describes exactly the settings of a file, each with its meaning', () => {
  const published = z
    .object({ properties: z.record(z.string(), z.object({ description: z.string().min(10) })) })
    .parse(JSON.parse(poolLabYamlSchema()));
  expect(Object.keys(published.properties)).toEqual([
    ...Object.values(SWEEP_PLAN_OPTIONS).map(({ flag }) => flag),
    ...REQUEST_KEYS,
  ]);
});

test('every pattern is one for editors too, which compile it with the u flag', () => {
  const patterns = [...poolLabYamlSchema().matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)];
  expect(patterns.length).toBeGreaterThan(10);
  for (const [, pattern = ''] of patterns) {
    expect(() => new RegExp(JSON.parse(pattern), 'u')).not.toThrow();
  }
});

test('the package is to hold the schema', () => {
  const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(manifest).toMatchObject({
    files: expect.arrayContaining(['harness/plan/sweep/pool-lab-yaml.schema.json']),
  });
});

test('the example is accepted by the schema, and is the sweep that it says it is', () => {
  const text = exampleSettings('./schema.json');
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./schema.json');
  expect(accepts(text)).toBe(true);
  const { plan, warnings } = sweep({}, {}, text);
  expect(warnings).toEqual([]);
  expect(plan.axes).toMatchObject({
    workers: [2, 4],
    poolSize: [2, 4, 8, 16],
    maxOverflow: [0, 10],
  });
  expect(text).toContain('Here 2 × 4 × 2 = 16 cells.');
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
});

test('every setting stands in the example, and is read there when its mark is taken away', () => {
  const lines = exampleSettings('s').split('\n');
  for (const { flag } of Object.values(SWEEP_PLAN_OPTIONS)) {
    const line = lines.filter((it) => it.replace(/^#/, '').startsWith(`${flag}: `));
    expect(line, flag).toHaveLength(1);
    const text = line[0]?.replace(/^#/, '') ?? '';
    expect(accepts(text), text).toBe(true);
    expect(() => sweep(withoutWhich(flag), {}, text), text).not.toThrow();
  }
});

/** What a setting needs beside it to mean anything. */
function withoutWhich(flag: string): RawFlags {
  if (flag === 'param') return { workload: 'hot' };
  const ofService = Object.values(SERVICE_OPTIONS).some((it) => it.flag === flag);
  return ofService && flag !== 'command' ? { command: 'node server.js' } : {};
}

test('the example measures a service when its command and its requests are switched on', () => {
  const text = exampleSettings('s');
  const from = text.indexOf('#requests:');
  const requests = text.slice(from, text.indexOf('\n\n', from));
  const switchedOn = text
    .replace(requests, requests.replace(/^#/gm, ''))
    .replace(/^#(command|env|ready-path|service-metrics): /gm, '$1: ')
    // Of the lab's own API.
    .replace(/^workload: /m, '#$&');
  expect(accepts(switchedOn)).toBe(true);
  const { plan, warnings } = sweep({}, {}, switchedOn);
  expect(warnings).toEqual([]);
  expect(plan.base.service).toMatchObject({ kind: 'command', shapeKnown: true });
  expect(plan.base.requests?.templates).toMatchObject([
    { name: 'GET /items/1', weight: 3 },
    { name: 'new order', method: 'POST', body: '{"item":1,"note":"two words"}' },
  ]);
});

test.each([
  'workers: 4',
  'workers: [1, 2, "4..8"]',
  'pool-size: 1..32:x2',
  'pool-size: [unlimited, 1..4]',
  'pool-size: unlimited,1..4',
  'max-overflow: -1',
  'max-connections: 50,100',
  'pool-kind: [queue, null, plain]',
  'pool-kind: "null"',
  'workload: hot,point',
  'rate: [100/s, 200, 18000/min]',
  'rate: none',
  'stages: [100/s:10s, 100/s..400/s:20s]',
  'warmup: 0',
  'warmup: 1.5s',
  'request-timeout: none',
  'pre-ping: yes',
  'pre-ping: true',
  'param: { ms: 20, tx: true }\nworkload: remote-call',
  'param: [ms=20]\nworkload: hold',
  'pg-setting: { jit: off, work_mem: 4MB }',
  'gate: { rounds-spread: 0.3 }',
  'gate: [rounds-spread=0.3]',
  'threshold: lost==0',
])('%j is accepted by schema and command', (text) => {
  expect(() => sweep({}, {}, text)).not.toThrow();
  expect(accepts(text)).toBe(true);
});

test.each([
  'requests: [{ path: / }]',
  'requests:\n  - path: /items/{{id}}\n    method: put\n    headers: { x-a: 1 }\n    json: { a: [1, ~, { b: x }] }\n    weight: 3\n    expect: [200, 4xx, 300..302]\n    name: x',
  'requests: [{ path: "/{{id}}", body: x, expect: 2xx }]',
  'requests: [{ path: /, expect: 404 }]',
  'request: GET /',
  'request: [GET /, POST /b@2]',
  'env: { A: 1, B: "{poolSize}" }',
  'env: [A=1, B]',
])('%j is accepted of a service by schema and command', (text) => {
  const data = 'data: { file: users.csv, order: random }';
  const whole = `${data}\n${text}`;
  const given = { data: { 'users.csv': 'id\n1\n' }, env: { B: 'handed on' } };
  expect(() => sweepOfRequests(whole, given)).not.toThrow();
  expect(accepts(`command: node server.js\n${whole}`)).toBe(true);
});

test.each([
  'requests: []',
  'requests: /',
  'requests: [/]',
  'requests: [{}]',
  'requests: [{ path: x }]',
  'requests: [{ path: /, paht: / }]',
  'requests: [{ path: /, method: GOT }]',
  'requests: [{ path: /, weight: 0 }]',
  'requests: [{ path: /, weight: 1001 }]',
  'requests: [{ path: /, expect: 6xx }]',
  'requests: [{ path: /, expect: [] }]',
  'requests: [{ path: /, headers: [a] }]',
  'requests: [{ path: /, body: { a: 1 } }]',
  'data: users.csv',
  'data: { file: users.txt }',
  'data: { order: random }',
  'data: { file: users.csv, order: any }',
  'env: 1',
  'env: { A: { poolSize } }',
  'command: [x]',
])('%j is refused of a service by schema and command', (text) => {
  const requests = text.startsWith('data') ? '\nrequests: [{ path: "/{{id}}" }]' : '';
  const service = text.startsWith('command') ? '' : 'command: node server.js\n';
  const data = { 'users.csv': 'id\n1\n', 'users.txt': 'id\n1\n' };
  expect(() => sweepOfRequests(`${text}${requests}`, { data })).toThrow(LabError);
  expect(accepts(`${service}${text}${requests}`)).toBe(false);
});

test.each([
  'wrkers: 4',
  'out: here',
  'workers: 0',
  'workers: 65',
  'workers: 1.5',
  'workers: true',
  'workers: []',
  'workers: [[1]]',
  'workers: { a: 1 }',
  'workers: "1-4"',
  'pool-kind: quue',
  'workload: [hot, warm]',
  'rate: fast',
  'warmup: 3',
  'warmup: 1:30',
  'drain: 5 seconds',
  'pre-ping: maybe',
  'rounds: [1, 2]',
  'rounds: 101',
  'param: 1',
  'gate: { rounds: 1 }',
  'gate: { generator-utilization: 0.7 }',
  'threshold: { lost: 0 }',
  '- workers',
  'workers',
  '{}',
])('%j is refused by schema and command', (text) => {
  refusalOf({}, {}, text);
  expect(accepts(text)).toBe(false);
});
