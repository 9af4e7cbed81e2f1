import type { ScriptExpression, ScriptFunction } from '../../../server/contract.ts';

type Operator =
  | {
      readonly kind: 'infix';
      readonly binding: number;
      readonly apply: (left: ScriptExpression, right: ScriptExpression) => ScriptExpression;
    }
  | {
      readonly kind: 'postfix';
      readonly binding: number;
      readonly apply: (operand: ScriptExpression) => ScriptExpression;
    }
  | { readonly kind: 'is'; readonly binding: number };

function call(name: ScriptFunction, ...args: readonly ScriptExpression[]): ScriptExpression {
  return { kind: 'call', name, args };
}

const infix = (binding: number, name: ScriptFunction): Operator => ({
  kind: 'infix',
  binding,
  apply: (left, right) => call(name, left, right),
});
const swapped = (binding: number, name: ScriptFunction): Operator => ({
  kind: 'infix',
  binding,
  apply: (left, right) => call(name, right, left),
});

/** From the loosest to the tightest, as exprparse.y has them; the prefixes stand in the parser. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['or', infix(1, 'or')],
  ['and', infix(2, 'and')],
  ['is', { kind: 'is', binding: 4 }],
  ['isnull', { kind: 'postfix', binding: 4, apply: (operand) => call('is_null', operand) }],
  [
    'notnull',
    { kind: 'postfix', binding: 4, apply: (operand) => call('not', call('is_null', operand)) },
  ],
  ['<', infix(5, 'less')],
  ['>', swapped(5, 'less')],
  ['=', infix(5, 'equal')],
  ['<=', infix(5, 'less_equal')],
  ['>=', swapped(5, 'less_equal')],
  ['<>', infix(5, 'not_equal')],
  ['!=', infix(5, 'not_equal')],
  ['|', infix(6, 'bit_or')],
  ['#', infix(6, 'bit_xor')],
  ['&', infix(6, 'bit_and')],
  ['<<', infix(6, 'shift_left')],
  ['>>', infix(6, 'shift_right')],
  ['+', infix(8, 'add')],
  ['-', infix(8, 'subtract')],
  ['*', infix(9, 'multiply')],
  ['/', infix(9, 'divide')],
  ['%', infix(9, 'mod')],
]);

interface KnownFunction {
  readonly name: ScriptFunction;
  readonly argsMin: number;
  readonly argsMax: number;
  /** Of arguments that may be left out. */
  readonly defaults: readonly ScriptExpression[];
}

const SEVERAL = 32;
const fixed = (name: ScriptFunction, args: number): KnownFunction => ({
  name,
  argsMin: args,
  argsMax: args,
  defaults: [],
});
const many = (name: ScriptFunction): KnownFunction => ({
  name,
  argsMin: 1,
  argsMax: SEVERAL,
  defaults: [],
});
/** pgbench's is another one at each start; here equal keys are hashed alike in every run. */
const DEFAULT_HASH_SEED: ScriptExpression = { kind: 'integer', digits: '0' };
const hash = (name: ScriptFunction): KnownFunction => ({
  name,
  argsMin: 1,
  argsMax: 2,
  defaults: [DEFAULT_HASH_SEED],
});

/** Without debug(), which prints, and permute(). */
export const FUNCTIONS: ReadonlyMap<string, KnownFunction> = new Map([
  ['abs', fixed('abs', 1)],
  ['double', fixed('double', 1)],
  ['exp', fixed('exp', 1)],
  ['greatest', many('greatest')],
  ['hash', hash('hash_murmur2')],
  ['hash_fnv1a', hash('hash_fnv1a')],
  ['hash_murmur2', hash('hash_murmur2')],
  ['int', fixed('int', 1)],
  ['least', many('least')],
  ['ln', fixed('ln', 1)],
  ['mod', fixed('mod', 2)],
  ['pi', fixed('pi', 0)],
  ['pow', fixed('power', 2)],
  ['power', fixed('power', 2)],
  ['random', fixed('random', 2)],
  ['random_exponential', fixed('random_exponential', 3)],
  ['random_gaussian', fixed('random_gaussian', 3)],
  ['random_zipfian', fixed('random_zipfian', 3)],
  ['sqrt', fixed('sqrt', 1)],
]);
