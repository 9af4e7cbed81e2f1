import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDataFile } from './data-file.ts';
import { EXPECT_BY_DEFAULT, type RequestPlan, type RequestTemplate } from './plan/request-mix.ts';
import { createRedactor, REDACTED } from './report/redactor.ts';
import { requestMixOf } from './request-mix-of.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pool-lab-data-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const template = (given: Partial<RequestTemplate> = {}): RequestTemplate => ({
  name: 'one',
  method: 'GET',
  path: '/',
  headers: {},
  body: null,
  bodyKind: 'text',
  weight: 1,
  expect: EXPECT_BY_DEFAULT,
  ...given,
});

/** A plan on this file as it is now. */
function planOn(text: string, templates: readonly RequestTemplate[]): RequestPlan {
  writeFileSync(join(directory, 'users.csv'), text);
  const read = readDataFile('users.csv', directory);
  if (!read.ok) throw new Error(read.problem);
  const { path, sha256 } = read;
  return {
    templates: [...templates],
    data: { path, sha256, rows: 1, columns: [], order: 'random' },
  };
}

test('the rows have the columns that are used, and no other', () => {
  const templates = [
    template({ path: '/{{id}}' }),
    template({ name: 'two', headers: { x: '{{a}}' }, body: '{{b}}' }),
  ];
  const plan = planOn('id,a,b,password\n1,2,3,hunter22\n', templates);
  expect(requestMixOf(plan, { env: {}, redactor: createRedactor() })).toEqual({
    templates,
    rows: [{ id: '1', a: '2', b: '3' }],
    order: 'random',
  });
});

test('without data there are no rows', () => {
  const plan = { templates: [template()], data: null };
  expect(requestMixOf(plan, { env: {}, redactor: createRedactor() })).toEqual({
    templates: [template()],
    rows: null,
    order: 'sequential',
  });
});

test('variables of headers are filled in, and never shown from then on', () => {
  const redactor = createRedactor();
  const plan = {
    templates: [
      template({ headers: { authorization: `Bearer \${TOKEN}`, x: `\${TOKEN}-{{id}}` } }),
    ],
    data: null,
  };
  const { templates } = requestMixOf(plan, { env: { TOKEN: 's3cret-s3cret' }, redactor });
  expect(templates[0]?.headers).toEqual({
    authorization: 'Bearer s3cret-s3cret',
    x: 's3cret-s3cret-{{id}}',
  });
  expect(redactor.redact('it was s3cret-s3cret')).toBe(`it was ${REDACTED}`);
});

test('a variable that is not there is told by its name', () => {
  const plan = { templates: [template({ headers: { x: `\${TOKEN}` } })], data: null };
  expect(() => requestMixOf(plan, { env: {}, redactor: createRedactor() })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: 'the header x of the request "one" needs the variable TOKEN, which is not set',
    }),
  );
});

test('a file that changed since the plan was made is refused', () => {
  const plan = planOn('id\n1\n', [template({ path: '/{{id}}' })]);
  writeFileSync(join(directory, 'users.csv'), 'id\n2\n');
  expect(() => requestMixOf(plan, { env: {}, redactor: createRedactor() })).toThrow(
    expect.objectContaining({
      code: 'RESUME_REFUSED',
      message: expect.stringMatching(
        /changed since the plan was made: its SHA-256 was \w{12}…, and/,
      ),
    }),
  );
});

test('a file that is gone is told by its path', () => {
  const plan = planOn('id\n1\n', [template({ path: '/{{id}}' })]);
  rmSync(join(directory, 'users.csv'));
  expect(() => requestMixOf(plan, { env: {}, redactor: createRedactor() })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/not exist$/),
    }),
  );
});

test.each([
  ['missing.csv', 'does not exist'],
  ['.', 'is no regular file'],
  ['binary.csv', 'is not UTF-8 text'],
  ['long.csv', 'has more than 16000000 bytes'],
])('%s %s', (file, problem) => {
  writeFileSync(join(directory, 'binary.csv'), Uint8Array.of(0x61, 0xff));
  if (file === 'long.csv') writeFileSync(join(directory, file), new Uint8Array(16_000_001));
  expect(readDataFile(file, directory)).toEqual({ ok: false, problem });
});
