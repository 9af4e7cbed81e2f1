import { expect, test } from 'vitest';
import type { ScriptExpression } from '../../../server/contract.ts';
import { compileScript } from './compile-script.ts';
import { parseExpression } from './expression-parser.ts';
import { placeInStatement } from './statement-position.ts';

/** An expression as one would write it for Lisp: how it was understood shows at a glance. */
function shown(expression: ScriptExpression): string {
  switch (expression.kind) {
    case 'integer':
      return expression.digits;
    case 'double':
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'variable':
      return `:${expression.name}`;
    case 'call':
      return `(${[expression.name, ...expression.args.map(shown)].join(' ')})`;
    case 'case': {
      const branches = expression.branches.map(
        ({ when, result }) => `${shown(when)} ${shown(result)}`,
      );
      return `(case ${[...branches, shown(expression.otherwise)].join(' ')})`;
    }
  }
}

// Grouped as pgbench 15 does, whose values of the same texts agree.
test.each([
  ['1+2*3', '(add 1 (multiply 2 3))'],
  ['2-3-4', '(subtract (subtract 2 3) 4)'],
  ['-7 % 3', '(mod -7 3)'],
  ['-:a * 2', '(multiply (negate :a) 2)'],
  ['1 << 3 + 1', '(shift_left 1 (add 3 1))'],
  ['3 & 1 | 4', '(bit_or (bit_and 3 1) 4)'],
  ['not 1 = 2 and true', '(and (not (equal 1 2)) true)'],
  ['1 > 2 or null is not null', '(or (less 2 1) (not (is_null null)))'],
  ['~5 # 3', '(bit_xor (bit_not 5) 3)'],
  ['CASE WHEN :a ISNULL THEN 1 ELSE 2.5 END', '(case (is_null :a) 1 2.5)'],
  ['Random(1, 10 * :scale)', '(random 1 (multiply 10 :scale))'],
  ['hash(:k) % 10', '(mod (hash_murmur2 :k 0) 10)'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['.5e1 + 1.', '(add 5 1)'],
  ['pi()', '(pi)'],
])('%s is understood as %s', (text, expected) => {
  expect(shown(parseExpression(text, 0))).toBe(expected);
});

const READ_ONLY = { allowWrites: false };

function problemsOf(text: string, allowWrites = false): readonly string[] {
  const compiled = compileScript(text, { allowWrites });
  return compiled.ok
    ? []
    : compiled.problems.map(({ at, problem }) => `${at.line}:${at.column} ${problem}`);
}

test('a script becomes commands: variables are parameters, one a place, and transactions are known', () => {
  const compiled = compileScript(
    [
      '\\set id random(1, 100)',
      'BEGIN ISOLATION LEVEL REPEATABLE READ;',
      'SELECT :id::int + :id /* :id */',
      '  FROM t WHERE a = $$:id$$ LIMIT :id;',
      '\\sleep 10 ms',
      'ROLLBACK TO s; ROLLBACK;',
    ].join('\n'),
    READ_ONLY,
  );
  expect(compiled).toMatchObject({
    ok: true,
    commands: [
      { kind: 'set', line: 1, name: 'id' },
      { kind: 'sql', line: 2, transaction: 'begin', variables: [] },
      {
        kind: 'sql',
        line: 3,
        text: 'SELECT $1::int + $2 /* :id */\n  FROM t WHERE a = $$:id$$ LIMIT $3',
        variables: ['id', 'id', 'id'],
        transaction: 'none',
      },
      { kind: 'sleep', line: 5, amount: { kind: 'integer', digits: '10' }, unitUs: 1_000 },
      { kind: 'sql', line: 6, text: 'ROLLBACK TO s', transaction: 'none' },
      { kind: 'sql', line: 6, text: 'ROLLBACK', transaction: 'rollback' },
    ],
  });
});

test.each<[script: string, problem: string]>([
  ['', '1:1 has no statement'],
  ['\\set a 1', '1:1 has no statement'],
  ['SELECT :b', '1:8 uses :b, which has no value there'],
  ['SELECT :a;\n\\set a 1', '1:8 uses :a'],
  ['\\set x :y\nSELECT 1', '1:1 uses :y'],
  ['\\set n 1\nSELECT :m', '2:8 uses :m'],
  ["\\set n 1\nSELECT 'a :n'", '2:11 has :n in quotes'],
  ["\\set n 1\nSELECT :'n'", "2:8 has :', psql's way"],
  ['SELECT $1', '1:8 has $1, which nothing is bound to'],
  ['SELECT 1;\nBEGIN; SELECT 1;', '2:1 begins a transaction that the script does not end'],
  ['BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;', '1:1 begins a transaction that the script does not end'],
  ['BEGIN;\nROLLBACK AND CHAIN;', '1:1 begins a transaction that the script does not end'],
  ['BEGIN;\nROLLBACK TO s;', '1:1 begins a transaction that the script does not end'],
  ['BEGIN;\nBEGIN;\nCOMMIT;', '2:1 begins a transaction in the one of line 1'],
  ['SELECT 1;\nCOMMIT;', '2:1 ends no transaction'],
  ['SELECT 1;\n\\copy t from x', '2:1 is \\copy, which is no command'],
  ['\\! rm -rf', '1:1 is \\!, which would run a program'],
  ['\\if :a', '1:1 is \\if, which pgbench has'],
  ['\\sett a 1', '1:1 is \\sett, which is no command of a script (did you mean \\set?)'],
  ['\\set 1a 2', '1:6 sets "1a"'],
  ['\\set a', '1:7 ends where a value is expected'],
  ['\\set a 1 +', '1:11 ends where a value is expected'],
  ['\\set a 1 2', '1:10 has "2" where the expression should end'],
  ["\\set a 'x'", `1:8 has "'", which no expression has`],
  ['\\set a rnadom(1, 2)', '1:8 calls "rnadom", which is no function here (did you mean random?)'],
  ['\\set a random(1)', '1:8 calls random with 1 arguments'],
  ['\\set a 9223372036854775808', '1:8 has 9223372036854775808, which 64 bits cannot hold'],
  ['\\set a 1e999', '1:8 has 1e999'],
  [`\\set a ${'('.repeat(200)}`, '1:108 is nested too deeply'],
  ['\\sleep', '1:7 cannot be read as a pause'],
  ['\\sleep 1 h', '1:8 cannot be read as a pause'],
  ['é; SELECT "', '1:11 begins a quoted name that has no end'],
  ['COPY t FROM STDIN', '1:1 is COPY'],
  ["PREPARE TRANSACTION 'x'", '1:1 is PREPARE'],
  ["COMMIT PREPARED 'x'", '1:1 is of a transaction in two phases'],
  ['DISCARD ALL', '1:1 is DISCARD'],
  ['SET ROLE postgres', '1:1 sets role'],
  ['SET SESSION AUTHORIZATION DEFAULT', '1:1 sets session_authorization'],
  ['SET LOCAL "statement_timeout" = 0', '1:1 sets statement_timeout'],
  ['RESET ALL', '1:1 is RESET ALL'],
])('%s is refused, with writes or without', (script, problem) => {
  for (const allowWrites of [true, false]) {
    expect(problemsOf(script, allowWrites)[0]).toContain(problem);
  }
});

test.each([
  'INSERT INTO t VALUES (1)',
  'DO $$ begin end $$',
  'ALTER ROLE CURRENT_USER PASSWORD NULL',
  'CREATE TEMP TABLE t (a int)',
  'CALL p()',
  'BEGIN READ WRITE; COMMIT',
  'BEGIN; SET TRANSACTION READ WRITE; COMMIT',
])('%s needs --allow-writes, and is taken with it', (script) => {
  expect(problemsOf(script)).not.toEqual([]);
  expect(problemsOf(script, true)).toEqual([]);
});

test('all problems are told at once, and no more than twenty', () => {
  expect(problemsOf('\\set a\nSELECT :x;\nDROP TABLE t;\n')).toHaveLength(3);
  expect(problemsOf('SELECT :x;\n'.repeat(50))).toHaveLength(20);
});

test('a script of too many commands or characters is refused', () => {
  expect(problemsOf('SELECT 1;\n'.repeat(501))).toEqual(['501:1 is command 501 of the script']);
  expect(problemsOf(`SELECT 1 --${'x'.repeat(70_000)}`)[0]).toContain('more than 65536 characters');
});

test("PostgreSQL's place in a statement is found in the file, behind variables and beyond ASCII", () => {
  const text = "\\set number 1\n\n  SELECT :number, :number,\n 'é😀', nothing FROM t";
  const compiled = compileScript(text, READ_ONLY);
  if (!compiled.ok) throw new Error('not compiled');
  const [, source] = compiled.sources;
  const [, command] = compiled.commands;
  if (source?.kind !== 'statement' || command?.kind !== 'sql') throw new Error('no statement');
  const placeOfWord = (word: string) => {
    const before = command.text.slice(0, command.text.indexOf(word));
    return placeInStatement(text, source, [...before].length + 1);
  };
  expect(placeOfWord('SELECT')).toEqual({ line: 3, column: 3 });
  expect(placeOfWord('$2')).toEqual({ line: 3, column: 19 });
  expect(placeOfWord('nothing')).toEqual({ line: 4, column: 8 });
});
