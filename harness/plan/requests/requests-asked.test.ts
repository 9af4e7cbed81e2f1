import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problemsOf, sweepOfRequests } from './test/sweep-of-requests.ts';

const requestsOf = (...given: Parameters<typeof sweepOfRequests>) =>
  sweepOfRequests(...given).plan.base.requests;

const USERS = { 'users.csv': 'id,name\n1,Ann\n2,Bob\n' };

test('a list of requests becomes templates, with everything that is not said as it is elsewhere', () => {
  const yaml = `
requests:
  - path: /items/1
  - name: order
    method: post
    path: /orders?dry=1
    headers: { Accept: text/html, x-a: '1' }
    body: a=b
    weight: 3
    expect: [201, 404, 5xx, 300..302]
`;
  expect(requestsOf(yaml)).toEqual({
    templates: [
      {
        name: 'GET /items/1',
        method: 'GET',
        path: '/items/1',
        headers: {},
        body: null,
        bodyKind: 'text',
        weight: 1,
        expect: [{ from: 200, to: 399 }],
      },
      {
        name: 'order',
        method: 'POST',
        path: '/orders?dry=1',
        headers: { accept: 'text/html', 'x-a': '1' },
        body: 'a=b',
        bodyKind: 'text',
        weight: 3,
        expect: [
          { from: 201, to: 201 },
          { from: 404, to: 404 },
          { from: 500, to: 599 },
          { from: 300, to: 302 },
        ],
      },
    ],
    data: null,
  });
});

test('a json body keeps the types of YAML, says so in its header, and marks how values go in', () => {
  const json = 'json: { id: "{{id}}", n: 3, ok: true, nothing: ~, list: [1.50, "2", x] }';
  const plan = requestsOf(
    `data: { file: users.csv }\nrequests:\n  - path: /\n    method: PUT\n    ${json}\n`,
    { data: USERS },
  );
  expect(plan?.templates).toMatchObject([
    {
      headers: { 'content-type': 'application/json' },
      bodyKind: 'json',
      body: '{"id":"{{id}}","n":3,"ok":true,"nothing":null,"list":[1.5,"2","x"]}',
    },
  ]);
});

test('a content type that is given stays, whatever its case', () => {
  const yaml =
    'requests: [{ path: /, headers: { Content-Type: application/merge-patch+json }, json: {} }]';
  expect(requestsOf(yaml)?.templates[0]?.headers).toEqual({
    'content-type': 'application/merge-patch+json',
  });
});

test('of a file with data the plan has the path, the hash and the columns, and no row', () => {
  const plan = requestsOf(
    'data: { file: users.csv, order: random }\nrequests: [{ path: "/{{id}}" }]',
    { data: USERS },
  );
  expect(plan?.data).toEqual({
    path: '/data/users.csv',
    sha256: 'hash of users.csv',
    rows: 2,
    columns: ['id', 'name'],
    order: 'random',
  });
  expect(JSON.stringify(plan)).not.toContain('Ann');
});

test('--request goes before the requests of a file, and has its data', () => {
  const flags = { request: ['GET /u/{{id}}@2'] };
  const yaml = 'data: { file: users.csv }\nrequests: [{ path: /never }]';
  const plan = requestsOf(yaml, { data: USERS, flags });
  expect(plan?.templates.map(({ name, weight }) => [name, weight])).toEqual([['GET /u/{{id}}', 2]]);
  expect(plan?.data).toMatchObject({ rows: 2 });
});

test('requests that no flag could say name their file, so that the sweep can be repeated', () => {
  const settings = (yaml: string, flags = {}) =>
    sweepOfRequests(yaml, { flags }).plan.settings['config'];
  expect(settings('requests: [{ path: /x }]')).toEqual(['pool-lab.yaml']);
  expect(settings('request: [GET /x]')).toBeUndefined();
  expect(settings('requests: [{ path: /x }]', { request: ['GET /y'] })).toBeUndefined();
});

test('the example of the README is read as it stands', () => {
  const readme = readFileSync('README.md', 'utf8');
  const [, yaml = ''] = /```yaml\n(command: [^`]*requests:[^`]*)```/.exec(readme) ?? [];
  const { plan, warnings } = sweepOfRequests(yaml.replace(/^command: .*\n/, ''), {
    data: USERS,
    env: { API_TOKEN: 's3cret' },
  });
  expect(warnings).toEqual([]);
  expect(plan.base.requests?.templates.map(({ name }) => name)).toEqual([
    'GET /items/{{id}}',
    'order',
  ]);
});

test.each([
  ['requests: []', 'requests "a list" (from pool-lab.yaml:2:11) is no list of requests'],
  ['requests: /x', 'requests "/x" (from pool-lab.yaml:2:11) is no list of requests'],
  ['requests:', 'requests "" (from pool-lab.yaml:2:1) is no list of requests'],
  ['requests: [/x]', 'requests[0] "/x" (from pool-lab.yaml:2:12) is a plain value'],
  ['requests: [{}]', 'requests[0].path "" (from pool-lab.yaml:2:12) is missing'],
  ['requests: [{ path: x }]', 'requests[0].path "x" (from pool-lab.yaml:2:20) does not begin with'],
  ['requests: [{ path: [/x] }]', 'requests[0].path "a list" (from pool-lab.yaml:2:20) cannot be'],
  ['requests: [{ path: "/a b" }]', 'requests[0].path "/a b" (from pool-lab.yaml:2:20) has " ", wh'],
  ['requests: [{ path: "/ä" }]', 'requests[0].path "/ä" (from pool-lab.yaml:2:20) has "ä", which'],
  ['requests: [{ path: "/a#b" }]', 'requests[0].path "/a#b" (from pool-lab.yaml:2:20) has "#", wh'],
  [
    'requests: [{ paht: / }]',
    'requests[0] "paht" (from pool-lab.yaml:2:14) is none of its keys (d',
  ],
  [
    'requests: [{ path: /, path: / }]',
    'requests[0] "path" (from pool-lab.yaml:2:23) is given twice',
  ],
  ['requests: [{ path: /, method: GOT }]', 'requests[0].method "GOT" (from pool-lab.yaml:2:31) is'],
  [
    'requests: [{ path: /, weight: 0 }]',
    'requests[0].weight "0" (from pool-lab.yaml:2:31) is no w',
  ],
  ['requests: [{ path: /, weight: 1.5 }]', 'requests[0].weight "1.5" (from pool-lab.yaml:2:31) is'],
  [
    'requests: [{ path: /, expect: ok }]',
    'requests[0].expect "ok" (from pool-lab.yaml:2:31) is no',
  ],
  ['requests: [{ path: /, expect: 6xx }]', 'requests[0].expect "6xx" (from pool-lab.yaml:2:31) is'],
  ['requests: [{ path: /, expect: 300..200 }]', 'requests[0].expect "300..200" (from pool-lab.yam'],
  [
    'requests: [{ path: /, expect: [] }]',
    'requests[0].expect "" (from pool-lab.yaml:2:31) names no',
  ],
  [
    'requests: [{ path: /, body: x, json: 1 }]',
    'requests[0].json "" (from pool-lab.yaml:2:38) sta',
  ],
  [
    'requests: [{ path: /, body: { a: 1 } }]',
    'requests[0].body "a map" (from pool-lab.yaml:2:29) ',
  ],
  ['requests: [{ path: /, name: "" }]', 'requests[0].name "" (from pool-lab.yaml:2:23) is no name'],
  [
    'requests: [{ path: /, name: "a\\nb" }]',
    'requests[0].name "a\\nb" (from pool-lab.yaml:2:29) is',
  ],
  [
    'requests: [{ path: / }, { path: / }]',
    'requests[1].name "GET /" (from pool-lab.yaml:2:25) is th',
  ],
  [
    'requests: [{ path: /, headers: [a] }]',
    'requests[0].headers "a list" (from pool-lab.yaml:2:32)',
  ],
  [
    'requests: [{ path: /, headers: { Host: a } }]',
    'requests[0].headers "Host" (from pool-lab.yaml',
  ],
  [
    'requests: [{ path: /, headers: { "a b": c } }]',
    'requests[0].headers "a b" (from pool-lab.yaml',
  ],
  [
    'requests: [{ path: /, headers: { a: 1, A: 2 } }]',
    'requests[0].headers "A" (from pool-lab.yaml',
  ],
  [
    'requests: [{ path: /, headers: { a: "x\\r\\nb: c" } }]',
    'requests[0].headers.a "x\\r\\nb: c" (f',
  ],
  [
    'requests: [{ path: / }]\nrequests: [{ path: / }]',
    '"requests" (from pool-lab.yaml:3:1) is give',
  ],
  [
    'reqests: [{ path: / }]',
    '"reqests" (from pool-lab.yaml:2:1) is not a setting (did you mean req',
  ],
  [
    'request: GET /\nrequests: [{ path: / }]',
    '--request "" (from pool-lab.yaml:2:10) stands beside',
  ],
  [
    'requests: [{ path: / }]\ndata: users.csv',
    'data "users.csv" (from pool-lab.yaml:3:7) is a pla',
  ],
  [
    'requests: [{ path: / }]\ndata: { file: "" }',
    'data.file "" (from pool-lab.yaml:3:9) is missing',
  ],
  [
    'requests: [{ path: / }]\ndata: { order: any }',
    'data.order "any" (from pool-lab.yaml:3:16) is',
  ],
  [
    'requests: [{ path: "/{{id}}" }]',
    'requests[0].path "{{id}}" (from pool-lab.yaml:2:20) stands fo',
  ],
  [
    'requests: [{ path: /, body: "{{a b}}" }]',
    'requests[0].body "{{a b}}" (from pool-lab.yaml:2:2',
  ],
  [
    'requests: [{ path: /, json: { a: {{id}} } }]',
    'requests[0].json "{{id}}" (from pool-lab.yaml:2',
  ],
  [
    'requests: [{ path: /, json: [.nan] }]',
    'requests[0].json ".nan" (from pool-lab.yaml:2:30) is a n',
  ],
])('%j is refused with its place', (yaml, expected) => {
  const problems = problemsOf(yaml);
  expect(problems.filter((line) => line.includes(expected))).toHaveLength(1);
});

test('every problem of every request is told at once', () => {
  const yaml = 'requests:\n  - path: x\n    weight: 0\n  - method: GO\n    expect: 1\n';
  expect(problemsOf(yaml).map((line) => /:(\d+:\d+)\)/.exec(line)?.[1])).toEqual([
    '3:11',
    '4:13',
    '5:13',
    '5:5',
    '6:13',
  ]);
});

test('a column that the data does not have is told with those that it has', () => {
  const yaml = 'data: { file: users.csv }\nrequests: [{ path: "/{{idd}}" }]';
  expect(() => sweepOfRequests(yaml, { data: USERS })).toThrow(
    expect.objectContaining({
      message: 'requests[0].path "{{idd}}" (from pool-lab.yaml:3:20) is no column of the data',
      hint: 'give one of {{id}}, {{name}}',
    }),
  );
});

test('what is wrong with the data is told with the line of its own file, and without its values', () => {
  const yaml = 'data: { file: users.csv }\nrequests: [{ path: "/{{id}}" }]';
  const data = { 'users.csv': 'id,password\n1,hunter22\n2,hunter22,x\n' };
  const [problem = ''] = problemsOf(yaml, { data });
  expect(problem).toBe('users.csv:3 has 3 values for 2 columns');
  expect(problemsOf(yaml, { data: {} })).toEqual([
    'data.file "users.csv" (from pool-lab.yaml:2:15) does not exist',
  ]);
});

test('a value with a line end does not get into a header', () => {
  const yaml = 'data: { file: a.jsonl }\nrequests: [{ path: /, headers: { x: "{{id}}" } }]';
  expect(problemsOf(yaml, { data: { 'a.jsonl': '{"id":"1"}\n{"id":"1\\r\\nx: y"}\n' } })).toEqual([
    'a.jsonl:2 has a value of id that no header can carry',
  ]);
  const inPath = 'data: { file: a.jsonl }\nrequests: [{ path: "/{{id}}" }]';
  expect(problemsOf(inPath, { data: { 'a.jsonl': '{"id":"1\\n2"}\n' } })).toEqual([]);
});

test.each([
  [{}, 'needs the variable TOKEN, which is not set'],
  [{ TOKEN: ' ' }, 'needs the variable TOKEN, which is empty'],
  [
    { TOKEN: 'first-half\nsecond-half' },
    'needs the variable TOKEN, whose value no header can carry',
  ],
  [{ TOKEN: 'first-half{{id}}' }, 'needs the variable TOKEN, whose value has double braces'],
])('a header that needs a variable of %j says so, and not what is in it', (env, expected) => {
  const yaml = `requests: [{ path: /, headers: { authorization: "Bearer \${TOKEN}" } }]`;
  const [problem = ''] = problemsOf(yaml, { env });
  expect(problem).toContain(expected);
  expect(problem).toContain('pool-lab.yaml:2:49');
  expect(problem).not.toContain('half');
});

test('a variable in a header stays a name in the plan', () => {
  const yaml = `requests: [{ path: /, headers: { authorization: "Bearer \${TOKEN}" } }]`;
  const parsed = sweepOfRequests(yaml, { env: { TOKEN: 's3cret-s3cret' } });
  expect(parsed.plan.base.requests?.templates[0]?.headers).toEqual({
    authorization: `Bearer \${TOKEN}`,
  });
  expect(JSON.stringify(parsed.plan)).not.toContain('s3cret');
  expect(parsed.warnings).toEqual([]);
});

test.each([
  [
    'requests: [{ path: /, headers: { Cookie: a=b } }, { path: /x, headers: { x-api-key: k } }]',
    `pool-lab.yaml:2:42: requests[0].headers.cookie is kept with the results as it is written; \${NAME} is taken from a variable and kept nowhere`,
  ],
  [
    `requests: [{ path: /, body: "\${TOKEN}" }]`,
    `pool-lab.yaml:2:29: \${TOKEN} stays as it is in requests[0].body: only headers are filled in`,
  ],
  [
    'requests: [{ path: / }]\ndata: { file: users.csv }',
    'pool-lab.yaml:3:15: users.csv is not read, since no request has a {{column}}',
  ],
])('%j is used, and warned of', (yaml, warning) => {
  expect(sweepOfRequests(yaml).warnings).toEqual([warning]);
});

test('no text crashes it, and every refusal has a hint and names a place', () => {
  const scalar = fc.constantFrom(
    '/',
    '/{{id}}',
    '{{id}}',
    '{id}',
    'x',
    '',
    '1',
    'GET',
    '2xx',
    '[',
    ']',
    '{',
    '}',
    '- ',
    ': ',
    '"',
    '\n',
    '\n  ',
    '\n    ',
    'path: ',
    'headers: ',
    'json: ',
    'body: ',
    'weight: ',
    'expect: ',
    'name: ',
    'data: ',
    'file: ',
    'users.csv',
    '*a',
    '&a ',
    '!!int ',
    '|\n',
    '# ',
    ',',
    'requests: ',
  );
  const yamls = fc
    .array(scalar, { maxLength: 24 })
    .map((parts) => `requests:\n  - ${parts.join('')}`);
  fc.assert(
    fc.property(yamls, (yaml) => {
      for (const problem of problemsOf(yaml, { data: USERS })) {
        expect(problem).toMatch(/(pool-lab\.yaml|users\.csv):\d+/);
      }
    }),
    { numRuns: 500 },
  );
});
