import { expect, test } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import { ScriptSyntaxError } from './source-place.ts';
import { type MetaSource, type StatementSource, splitScript } from './statement-splitter.ts';

function statementsOf(text: string): readonly string[] {
  return [...splitScript(text)].map((source) => {
    if (source.kind === 'meta') return text.slice(source.start, source.end);
    return text.slice(source.start, source.tokens.at(-1)?.end);
  });
}

function variablesOf(text: string): readonly string[] {
  return [...splitScript(text)].flatMap((source) =>
    source.kind === 'meta'
      ? []
      : source.tokens
          .filter(({ kind }) => kind === 'variable')
          .map(({ start, end }) => text.slice(start, end)),
  );
}

test.each<[what: string, text: string, statements: readonly string[]]>([
  ['two statements', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
  ['the last one without a semicolon', 'SELECT 1;\nSELECT 2\n', ['SELECT 1', 'SELECT 2']],
  ['empty ones', ';;  ; -- nothing\n/* ; */;', []],
  ['a semicolon in a string', "SELECT ';';", ["SELECT ';'"]],
  ['a doubled quote', "SELECT 'it''s;'; x", ["SELECT 'it''s;'", 'x']],
  ['a backslash in a plain string', "SELECT 'a\\'; x", ["SELECT 'a\\'", 'x']],
  ['a backslash in an E string', "SELECT E'a\\';'; x", ["SELECT E'a\\';'", 'x']],
  ['an E string that goes on', "SELECT E'a'\n'b\\';'; x", ["SELECT E'a'\n'b\\';'", 'x']],
  ['a plain string that goes on', "SELECT 'a' -- c\n 'b'; x", ["SELECT 'a' -- c\n 'b'", 'x']],
  ['a name in quotes', 'SELECT "a;""b"; x', ['SELECT "a;""b"', 'x']],
  ['a name in U& quotes', 'SELECT U&"a;b"; x', ['SELECT U&"a;b"', 'x']],
  ['dollar quotes', 'SELECT $$;$$; x', ['SELECT $$;$$', 'x']],
  ['dollar quotes in others', 'SELECT $a$ $b$;$b$ $$; $a$; x', ['SELECT $a$ $b$;$b$ $$; $a$', 'x']],
  ['a dollar in a name', 'SELECT a$b$;SELECT c$b$', ['SELECT a$b$', 'SELECT c$b$']],
  ['comments in comments', 'SELECT /* ; /* ; */ ; */ 1; x', ['SELECT /* ; /* ; */ ; */ 1', 'x']],
  ['a comment to the end of its line', 'SELECT 1 -- ;\n; x', ['SELECT 1', 'x']],
  ['a comment that ends with a carriage return', 'SELECT 1 -- \r; x', ['SELECT 1', 'x']],
  [
    'parentheses',
    'CREATE RULE r AS ON INSERT TO t DO (a; b); x',
    ['CREATE RULE r AS ON INSERT TO t DO (a; b)', 'x'],
  ],
  [
    'a body of SQL',
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; x',
    [
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END',
      'x',
    ],
  ],
  ['BEGIN and END elsewhere', 'BEGIN; SELECT 1; END; x', ['BEGIN', 'SELECT 1', 'END', 'x']],
  [
    'backslash commands',
    '\\set a 1\nSELECT 1;\n  \\sleep 1 ms',
    ['\\set a 1', 'SELECT 1', '\\sleep 1 ms'],
  ],
  ['one that goes on', '\\set a 1 + \\\n 2\nx', ['\\set a 1 + \\\n 2', 'x']],
])('%s', (_what, text, statements) => {
  expect(statementsOf(text)).toEqual(statements);
});

test.each<[string, readonly string[]]>([
  ['SELECT :a, :b_1', [':a', ':b_1']],
  ['SELECT 1::int, x::text', []],
  ["SELECT ':a', \":a\", $$:a$$, E':a' -- :a", []],
  ['SELECT /* :a */ f(b := :c)', [':c']],
  ['SELECT arr[1:2], :a::int', [':a']],
  ['SELECT a[:i]', [':i']],
])('variables of %s', (text, variables) => {
  expect(variablesOf(text)).toEqual(variables);
});

test.each([
  ["SELECT 'a", 7, 'a string'],
  ['SELECT "a', 7, 'a quoted name'],
  ['SELECT $x$ $$', 7, 'a string in $x$'],
  ['/* /* */', 0, 'a comment'],
  ['SELECT 1 \\gset', 9, 'a backslash in the middle'],
])('%s is refused at %i: %s', (text, offset, message) => {
  let refused: unknown;
  try {
    [...splitScript(text)];
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(ScriptSyntaxError);
  expect(refused).toMatchObject({ offset, message: expect.stringContaining(message) });
});

test('whatever the text is, reading ends, and no character is lost or read twice', () => {
  const parts = [
    ...["'", '"', '$$', '$a$', "E'", '\\', ';', '--', '\n', '/*', '*/', ':a', '::', '(', ')'],
    ...[' ', 'select', 'begin', 'atomic', 'end', '1', 'é', '\r', '$1', 'U&"'],
  ];
  const random = seededRandom(5);
  const draw = (count: number): number => Math.floor(random() * count);
  let read = 0;
  for (let run = 0; run < 3_000; run++) {
    const text = Array.from({ length: 1 + draw(14) }, () => parts[draw(parts.length)]).join('');
    let sources: readonly (StatementSource | MetaSource)[] = [];
    try {
      sources = [...splitScript(text)];
      read += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(ScriptSyntaxError);
    }
    let at = 0;
    for (const source of sources) {
      const tokens = source.kind === 'meta' ? [source] : source.tokens;
      expect(source.start).toBeGreaterThanOrEqual(at);
      for (const [index, { start, end }] of tokens.entries()) {
        if (index > 0) expect(start).toBe(at);
        expect(end).toBeGreaterThan(start);
        at = end;
      }
    }
    expect(at).toBeLessThanOrEqual(text.length);
  }
  expect(read).toBeGreaterThan(300);
});
