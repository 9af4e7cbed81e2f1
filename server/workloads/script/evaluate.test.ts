import { expect, test } from 'vitest';
import type { ScriptExpression, ScriptFunction } from '../../contract.ts';
import { evaluate } from './evaluate.ts';
import { parameterText, type ScriptValue } from './script-value.ts';

type Operand = ScriptValue | ScriptExpression;

function literal(value: Operand): ScriptExpression {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'bigint') return { kind: 'integer', digits: String(value) };
  if (typeof value === 'number') return { kind: 'double', value };
  return typeof value === 'boolean' ? { kind: 'boolean', value } : value;
}

const call = (name: ScriptFunction, ...args: readonly Operand[]): ScriptExpression => ({
  kind: 'call',
  name,
  args: args.map(literal),
});

function resultOf(expression: ScriptExpression, random = () => 0.5): ScriptValue {
  return evaluate(expression, { variables: new Map([['n', 5n]]), random });
}

// Said by pgbench 15 for the same expressions, by debug().
test.each<[ScriptFunction, readonly ScriptValue[], ScriptValue]>([
  ['divide', [7n, 2n], 3n],
  ['divide', [-7n, 2n], -3n],
  ['divide', [7, 2n], 3.5],
  ['divide', [1, 0n], Number.POSITIVE_INFINITY],
  ['mod', [-7n, 3n], -1n],
  ['add', [1n, 2.5], 3.5],
  ['multiply', [1e20, 3n], 3e20],
  ['negate', [-5n], 5n],
  ['bit_not', [5n], -6n],
  ['bit_xor', [5n, 3n], 6n],
  ['shift_left', [1n, 4n], 16n],
  ['shift_right', [8n, 1n], 4n],
  ['power', [2n, 10n], 1024],
  ['power', [2n, -1n], 0.5],
  ['least', [1n, 2.5, 3n], 1],
  ['greatest', [1n, 2.5, 3n], 3],
  ['greatest', [1n, 2n], 2n],
  ['int', [2.5], 2n],
  ['int', [3.5], 4n],
  ['int', [-2.5], -2n],
  ['abs', [-5n], 5n],
  ['abs', [-5.5], 5.5],
  ['equal', [6n, 6], true],
  ['less_equal', [5n, 5n], true],
  ['and', [true, null], null],
  ['and', [false, null], false],
  ['or', [true, null], true],
  ['or', [null, false], null],
  ['not', [null], null],
  ['is_null', [null], true],
  ['is_true', [1n], false],
  ['add', [1n, null], null],
  ['hash_fnv1a', [10n, 5432n], -7793829335365542153n],
  ['hash_murmur2', [10n, 5432n], -5817877081768721676n],
  ['hash_murmur2', [-1n, 0n], 4219408603045787357n],
])('%s of %s is %s, as in pgbench', (name, args, expected) => {
  expect(resultOf(call(name, ...args))).toBe(expected);
});

test('CASE takes the first branch that is true, by numbers too, and null without any', () => {
  const branch = (when: Operand, result: Operand) => ({
    when: literal(when),
    result: literal(result),
  });
  const chosen = (first: Operand): ScriptValue =>
    resultOf({
      kind: 'case',
      branches: [branch(first, 1n), branch(call('equal', { kind: 'variable', name: 'n' }, 5n), 2n)],
      otherwise: { kind: 'null' },
    });
  expect([chosen(3n), chosen(0n), chosen(null), chosen(true)]).toEqual([1n, 2n, 2n, 1n]);
});

test.each<[ScriptFunction, readonly ScriptValue[], string]>([
  ['divide', [1n, 0n], 'division by zero'],
  ['mod', [1n, 0n], 'division by zero'],
  ['add', [2n ** 63n - 1n, 1n], 'bigint out of range'],
  ['negate', [-(2n ** 63n)], 'bigint out of range'],
  ['int', [1e19], 'double to int overflow'],
  ['random', [2n, 1n], 'empty range'],
  ['random', [-(2n ** 63n), 2n ** 63n - 1n], 'too large'],
  ['random_gaussian', [1n, 2n, 1.9], 'at least 2'],
  ['random_exponential', [1n, 2n, 0n], 'greater than zero'],
  ['random_zipfian', [1n, 2n, 1n], 'from 1.001'],
  ['add', [true, 1n], 'cannot make'],
])('%s of %s has no value: %s', (name, args, message) => {
  expect(() => resultOf(call(name, ...args))).toThrow(message);
});

test('doubles become parameters with the digits that pgbench prints', () => {
  expect([1 / 3, 1e3, 0.1 + 0.2, 5n, null, true].map(parameterText)).toEqual([
    '0.333333333333333',
    '1000',
    '0.3',
    '5',
    null,
    'true',
  ]);
});
