import { expect, test } from 'vitest';
import { readSettingsFile } from './settings-file.ts';
import { SWEEP_CALL_OPTIONS, SWEEP_PLAN_OPTIONS } from './sweep-options.ts';
import { refusalOf, sweep } from './test/parsed-sweep.ts';

function read(text: string) {
  const file = { name: 'pool-lab.yaml', text };
  return readSettingsFile(file, { table: SWEEP_PLAN_OPTIONS, elsewhere: SWEEP_CALL_OPTIONS });
}

const problemsOf = (text: string): readonly string[] =>
  read(text).problems.map(
    ({ value, source, problem }) => `${source} ${JSON.stringify(value)} ${problem}`,
  );

test('each setting comes with its place in the file', () => {
  const { texts, problems } = read('# sizes\npool-size: [1, 2]\n\nworkload:\n  - hot\n  - hold\n');
  expect(problems).toEqual([]);
  expect([...texts]).toEqual([
    ['poolSize', { texts: ['1,2'], source: 'pool-lab.yaml:2:12' }],
    ['workload', { texts: ['hot,hold'], source: 'pool-lab.yaml:5:3' }],
  ]);
});

test.each([
  ['', '1:1 "" has no settings'],
  ['# nothing but a comment\n', '1:1 "" has no settings'],
  ['---\n', '1:4 "" is no map of settings'],
  ['{}', '1:1 "" has no settings'],
  ['- pool-size\n', '1:1 "" is no map of settings'],
  ['pool-size 4\n', '1:1 "pool-size 4" is no map of settings'],
  ['workers: 1\nworkers: 2\n', '2:1 "workers" is given twice'],
  ['param:\n\tms: 1\n', '2:1 "ms: 1" is not YAML: Tabs are not allowed as indentation'],
  ['workers: 1\nrounds: 1\nworkers: 1\n', '3:1 "workers" is given twice'],
  ['workers: 1\n---\nworkers: 2\n', '2:1 "---" begins a second document'],
  [
    'workers: [1, 2\n',
    '2:1 "" is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['workers: &a 1\nrounds: *a\n', '2:9 "*a" is an alias of something else'],
  ['workers: !!int 1\n', '1:16 "1" has a tag, "tag:yaml.org,2002:int"'],
  ['workers: !!js/function x\n', '1:24 "x" has a tag, "tag:yaml.org,2002:js/function"'],
  ['pool_size: 4\n', '1:1 "pool_size" is not a setting (did you mean pool-size?)'],
  ['poolSize: 4\n', '1:1 "poolSize" is not a setting (did you mean pool-size?)'],
  ['--pool-size: 4\n', '1:1 "--pool-size" is not a setting (did you mean pool-size?)'],
  ['<<: { workers: 1 }\n', '1:1 "<<" is not a setting'],
  ['__proto__: 1\n', '1:1 "__proto__" is not a setting'],
  ['constructor: 1\n', '1:1 "constructor" is not a setting'],
  ['? [a]\n: 1\n', '1:3 "a list" is not a setting'],
  ['out: here\n', '1:1 "out" does not belong into a file'],
  ['rounds: [1, 2]\n', '1:9 "a list" cannot be used: the setting takes one value'],
  ['workers: { a: 1 }\n', '1:10 "a map" cannot be used: the setting has no keys of its own'],
  ['workers: [[1]]\n', '1:10 "a list" cannot be used: the setting takes plain values in it'],
  [
    'param: { hold: { ms: 1 } }\n',
    '1:8 "a map" cannot be used: the setting takes a plain value for each name',
  ],
  [
    '[[[[[[[[[[',
    '1:11 "[[[[[[[[[[" is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['['.repeat(5_000), ` "${'['.repeat(5_000)}" is nested too deeply`],
  ['# '.repeat(40_000), '1:1 "# # # # # # # # # # " has more than 65536 characters'],
])('%j is refused: %s', (text, expected) => {
  const [first] = problemsOf(text);
  expect(first).toContain(expected);
});

test('a message shows of a text no more than is needed to find it', () => {
  expect(refusalOf({}, {}, `workers: ${'9'.repeat(60_000)}\n`).message.length).toBeLessThan(300);
});

test('of thousands of mistakes the first twenty are told, soon', () => {
  const lines = Array.from({ length: 6_000 }, (_, line) => `k${line}: 1`);
  expect(problemsOf(lines.join('\n'))).toHaveLength(20);
});

test('an anchor bomb is a few aliases, and none of them is followed', () => {
  const levels = [
    'a: &a [x,x]',
    ...'bcdefghi'.split('').map((key, at) => {
      const before = 'abcdefgh'[at];
      return `${key}: &${key} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
    }),
  ];
  expect(problemsOf(levels.join('\n'))).toHaveLength(9);
  expect(problemsOf(`workers: &w [1]\npool-size: [*w, *w]\n`)).toEqual([
    'pool-lab.yaml:2:12 "*w" is an alias of something else',
  ]);
});

test.each([
  ['pre-ping: no', { prePing: false }],
  ['pre-ping: on', { prePing: true }],
  ['pre-ping: "true"', { prePing: true }],
  ['request-timeout: none', { requestTimeoutMs: null }],
  ["warmup: '0'", { warmupMs: 0 }],
  ['seed: 007', { seed: 7 }],
])('%s is read as it is written', (text, expected) => {
  const { base } = sweep({}, {}, text).plan;
  expect({ ...base, ...base.pool, ...base.load }).toMatchObject(expected);
});

test.each([
  ['warmup: 1:30', '--warmup "1:30" (from pool-lab.yaml:1:9) is not a time'],
  ['workers: 0x10', '--workers "0x10" (from pool-lab.yaml:1:10) is not a whole number in digits'],
  ['workers: 1e1', '--workers "1e1" (from pool-lab.yaml:1:10) is not a whole number in digits'],
  ['workers: ~', '--workers "~" (from pool-lab.yaml:1:10) is not a whole number in digits'],
  [
    'param: { rows: 1, rows: 2 }',
    '--param "rows=1 rows=2" (from pool-lab.yaml:1:8) gives rows twice, as 1 and as 2',
  ],
  ['workers:', '--workers "" (from pool-lab.yaml:1:1) is empty'],
  ['', 'pool-lab.yaml:1:1 has no settings'],
  ['workers: []', '--workers "" (from pool-lab.yaml:1:10) is empty'],
  ['pre-ping: maybe', '--pre-ping "maybe" (from pool-lab.yaml:1:11) is neither yes nor no'],
  [
    'threshold: [lost==0, usable<50ms]',
    '--threshold "usable<50ms" (from pool-lab.yaml:1:12) compares a count with a time: 50ms',
  ],
])('%s is refused by the setting’s own parser', (text, message) => {
  expect(refusalOf({}, {}, text).message).toBe(message);
});

test.each([
  ['command: {port}', 1, 10, '{port}'],
  ['env: { DB: {poolSize} }', 1, 12, '{poolSize}'],
  ['env:\n  A: 1\n  DB: {poolSize}', 3, 7, '{poolSize}'],
  ['env: [A=1, {poolSize}]', 1, 12, '{poolSize}'],
])('%j, which YAML reads as a map, is told to have quotes', (text, line, column, braces) => {
  const error = refusalOf({}, {}, text);
  expect(error.message).toContain(
    `${JSON.stringify(braces)} (from pool-lab.yaml:${line}:${column})`,
  );
  expect(error.hint).toBe(`put quotes around it: "${braces}"`);
});

test.each(['env: { DB: x{poolSize} }', 'env: [DB={poolSize}]', 'command: {port} --x'])(
  '%j, which is no YAML at all, is told to have quotes',
  (text) => {
    expect(refusalOf({}, {}, text).hint).toMatch(
      /^put quotes around a text with braces: "\{(poolSize|port)\}"$/,
    );
  },
);

test('braces inside a text that does not begin with one are just that', () => {
  const text = 'command: node s.js --port {port}\nenv:\n  - DB={poolSize}\n';
  expect(problemsOf(text)).toEqual([]);
});

test('of a file as a whole the place is named, and no value that there is not', () => {
  const { message } = refusalOf({}, {}, 'workers: [1, 2\n');
  expect(message).toMatch(/^pool-lab\.yaml:2:1 is not YAML: Flow sequence/);
  expect(refusalOf({}, {}, '').message).toBe('pool-lab.yaml:1:1 has no settings');
});
