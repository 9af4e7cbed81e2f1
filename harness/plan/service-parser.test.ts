import { expect, test } from 'vitest';
import { serviceCommand, serviceVariables } from './service-parser.ts';

test.each([
  ['', /is empty/],
  ["''", /names no program/],
  ['node . {prot}', /\{prot\}, which is no placeholder \(did you mean \{port\}\?\)/],
  ['node . --url {databaseUrl}', /\{databaseUrl\}: everybody on this machine may read/],
  ['node . {databasePassword}', /\{databasePassword\}: everybody on this machine may read/],
])('the command "%s" is refused', (text, problem) => {
  const parsed = serviceCommand().parse([text]);
  expect(parsed.ok ? 'taken' : parsed.problem).toMatch(problem);
});

test('braces that hold no word are left to the command', () => {
  const text = `node . {port} '{"a": {}}' {1}`;
  expect(serviceCommand().parse([text])).toEqual({ ok: true, value: text });
});

test('variables are set to a text, which may have = in it or be empty, or handed on', () => {
  const texts = ['SIZE={poolSize}', 'OPTS=-a=1 -b', 'EMPTY=', 'HOME', 'URL={databaseUrl}'];
  expect(serviceVariables().parse(texts)).toEqual({
    ok: true,
    value: {
      set: { SIZE: '{poolSize}', OPTS: '-a=1 -b', EMPTY: '', URL: '{databaseUrl}' },
      pass: ['HOME'],
    },
  });
});

test.each([
  [['=1'], /has no name/],
  [['A B=1'], /a name that no variable can have/],
  [['A=1', 'A=2'], /is given twice/],
  [['A', 'A=2'], /is given twice/],
  [['SIZE={poolsize}'], /\{poolsize\}, which is no placeholder \(did you mean \{poolSize\}\?\)/],
])('of %j it is said what is wrong', (texts, problem) => {
  const parsed = serviceVariables().parse(texts);
  expect(parsed.ok ? 'taken' : parsed.problem).toMatch(problem);
});

test('what is wrong with one variable repeats its name, and no value of any', () => {
  const parsed = serviceVariables().parse(['TOKEN=s3cret', 'SIZE=s3cret{poolsize}']);
  expect(parsed).toMatchObject({ ok: false, shown: 'SIZE' });
  expect(JSON.stringify(parsed)).not.toContain('s3cret');
});
