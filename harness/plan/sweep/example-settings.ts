import type { Option } from '../option-table.ts';
import { SWEEP_PLAN_OPTIONS } from './sweep-options.ts';

type Name = keyof typeof SWEEP_PLAN_OPTIONS;

/** What the example sets, by option: a sweep of the workload on which a pool's size matters most. */
const SET: { readonly [N in Name]?: string } = {
  workers: '[2, 4]',
  poolSize: '2..16:x2',
  maxOverflow: '[0, 10]',
  workload: 'hot',
  connections: '64',
  maxConnections: '100',
  rounds: '3',
  warmup: '2s',
  duration: '10s',
};
/** Examples of what has no value of its own to begin with. */
const EXAMPLES: { readonly [N in Name]?: string } = {
  param: '{ rows: 8 }',
  rate: '[100/s, 200/s]',
  stages: '100/s:10s,100/s..400/s:20s',
  pgSetting: '{ shared_buffers: 256MB }',
  dbRtt: '[0, 5ms, 20ms]',
  command: '"node server.js --port {port} --workers {workers}"',
  env: '{ DB_POOL_SIZE: "{poolSize}", DB_MAX_OVERFLOW: "{maxOverflow}" }',
  gate: '{ rounds-spread: 0.1, generator-utilization: 0.7/0.9 }',
  threshold: '[latency.p99<50ms, errors.too_many_connections==0]',
};

const SECTIONS: readonly { readonly title: string; readonly names: readonly Name[] }[] = [
  {
    title:
      'What is compared: every combination is a cell. Several values as [1, 2, 4], or as a range:\n## 1..4, 1..9:+2 (every second), 1..32:x2 (doubling). Here 2 × 4 × 2 = 16 cells.',
    names: ['workers', 'poolSize', 'maxOverflow', 'poolKind', 'maxConnections'],
  },
  {
    title: 'What is asked of them, and from how far; with several, cells are compared within each.',
    names: ['workload', 'param', 'connections', 'rate', 'stages', 'dbRtt'],
  },
  { title: 'How long, how often.', names: ['rounds', 'warmup', 'duration', 'drain', 'seed'] },
  { title: 'What must be reached.', names: ['threshold', 'abortOnFail', 'goodputDeadline'] },
];

const SERVICE: readonly Name[] = [
  'command',
  'env',
  'shell',
  'serviceDirectory',
  'readyPath',
  'readyTimeout',
  'stopTimeout',
  'serviceMetrics',
  'request',
];
/** In the place of `request`. */
const REQUESTS = `# More than a line each, instead of request: see Requests in the README. Values of
# {{column}} come from a file beside this one, data: { file: users.csv }.
#requests:
#  - path: /items/1
#    weight: 3
#  - name: new order
#    method: POST
#    path: /orders
#    headers: { accept-language: en }
#    json: { item: 1, note: "two words" }
#    expect: [201, 409]
`;

/** Wider comments would be wrapped by most editors. */
const COLUMNS = 100;

/**
 * A commented `pool-lab.yaml` that can be used as it is: what is set is a sweep to begin with, everything
 * else stands there as a comment with its default.
 *
 * @param schema where the JSON Schema is, for editors
 */
export function exampleSettings(schema: string): string {
  const named = [...SECTIONS.flatMap(({ names }) => names), ...SERVICE];
  const others = names().filter((name) => !named.includes(name));
  return [
    `# yaml-language-server: $schema=${schema}`,
    '#',
    '# Settings of pool-lab sweep: the keys are its flags. Flags and POOL_LAB_* variables go before',
    '# this file; pool-lab config explain says what is set and where each value comes from.',
    '',
    ...SECTIONS.flatMap(({ title, names: ofSection }) => [
      `## ${title}`,
      '',
      ...ofSection.flatMap(entry),
    ]),
    "## A service of yours in the place of the lab's API, started for each trial with its shape.",
    '',
    ...SERVICE.flatMap(entry),
    REQUESTS,
    '## Everything else, as it is when nothing is said.',
    '',
    ...others.flatMap(entry),
  ].join('\n');
}

function entry(name: Name): readonly string[] {
  const { flag, parser, defaultValue, description }: Option<unknown> = SWEEP_PLAN_OPTIONS[name];
  const value = SET[name];
  const line =
    value === undefined
      ? `#${flag}: ${EXAMPLES[name] ?? parser.print(defaultValue)}`
      : `${flag}: ${value}`;
  // Directly behind the mark: what is a setting to be switched on and what is a sentence shows.
  return [...commented(description), line, ''];
}

function commented(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function names(): readonly Name[] {
  return Object.keys(SWEEP_PLAN_OPTIONS).filter(isName);
}

function isName(text: string): text is Name {
  return Object.hasOwn(SWEEP_PLAN_OPTIONS, text);
}
