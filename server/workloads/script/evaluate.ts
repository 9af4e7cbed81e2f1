import type { ScriptExpression, ScriptFunction } from '../../contract.ts';
import { hashFnv1a, hashMurmur2 } from './hashes.ts';
import { drawExponential, drawGaussian, drawUniform, drawZipfian } from './random-draws.ts';
import { ScriptError } from './script-error.ts';
import {
  integerOf,
  type ScriptNumber,
  type ScriptValue,
  toBoolean,
  toDouble,
  toInteger,
  toNumber,
} from './script-value.ts';

export interface Surroundings {
  readonly variables: ReadonlyMap<string, ScriptValue>;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/**
 * The value of an expression, as pgbench computes it.
 *
 * @throws ScriptError where it has none
 */
export function evaluate(expression: ScriptExpression, within: Surroundings): ScriptValue {
  switch (expression.kind) {
    case 'integer':
      return BigInt(expression.digits);
    case 'double':
    case 'boolean':
      return expression.value;
    case 'null':
      return null;
    case 'variable': {
      const value = within.variables.get(expression.name);
      if (value === undefined) throw new ScriptError(`:${expression.name} has no value`);
      return value;
    }
    case 'case': {
      const taken = expression.branches.find(({ when }) => isTrue(evaluate(when, within)));
      return evaluate(taken?.result ?? expression.otherwise, within);
    }
    case 'call': {
      const lazy = LAZY[expression.name];
      if (lazy !== undefined) return lazy(expression.args, within);
      const args = expression.args.map((arg) => evaluate(arg, within));
      return args.includes(null) ? null : apply(expression.name, args, within.random);
    }
  }
}

/** Of a CASE: numbers are true unless they are 0, and null is not. */
const isTrue = (value: ScriptValue): boolean => value !== null && Boolean(value);

type Lazy = (args: readonly ScriptExpression[], within: Surroundings) => ScriptValue;

/** Those that know null, and look at no more than they need. */
const LAZY: Partial<Readonly<Record<ScriptFunction, Lazy>>> = {
  and: ([left, right], within) => both(left, right, within, false),
  or: ([left, right], within) => both(left, right, within, true),
  not: ([operand], within) => {
    const value = operandValue(operand, within);
    return value === null ? null : !toBoolean(value);
  },
  is_null: ([operand], within) => operandValue(operand, within) === null,
  is_true: ([operand], within) => operandValue(operand, within) === true,
  is_false: ([operand], within) => operandValue(operand, within) === false,
};

function operandValue(expression: ScriptExpression | undefined, within: Surroundings): ScriptValue {
  if (expression === undefined) throw new ScriptError('an operand is missing');
  return evaluate(expression, within);
}

/** AND, OR in three-valued logic: one `deciding` decides, and else one unknown makes it unknown. */
function both(
  left: ScriptExpression | undefined,
  right: ScriptExpression | undefined,
  within: Surroundings,
  deciding: boolean,
): ScriptValue {
  const first = operandValue(left, within);
  if (first !== null && toBoolean(first) === deciding) return deciding;
  const second = operandValue(right, within);
  if (second !== null && toBoolean(second) === deciding) return deciding;
  return first === null || second === null ? null : !deciding;
}

function apply(
  name: ScriptFunction,
  args: readonly ScriptValue[],
  random: () => number,
): ScriptValue {
  const arg = (index: number): ScriptValue => {
    const value = args[index];
    if (value === undefined) throw new ScriptError(`${name} lacks an argument`);
    return value;
  };
  const numbers = (): readonly ScriptNumber[] => args.map(toNumber);
  const integer = (index: number): bigint => toInteger(arg(index));
  const double = (index: number): number => toDouble(arg(index));
  const range = () => ({ from: integer(0), to: integer(1) });
  const compare = (test: (a: ScriptNumber, b: ScriptNumber) => boolean): boolean =>
    test(toNumber(arg(0)), toNumber(arg(1)));
  switch (name) {
    case 'add':
      return arithmetic(
        args,
        (a, b) => a + b,
        (a, b) => a + b,
      );
    case 'subtract':
      return arithmetic(
        args,
        (a, b) => a - b,
        (a, b) => a - b,
      );
    case 'multiply':
      return arithmetic(
        args,
        (a, b) => a * b,
        (a, b) => a * b,
      );
    case 'divide':
      return arithmetic(
        args,
        (a, b) => a / nonZero(b),
        (a, b) => a / b,
      );
    case 'negate':
      return typeof arg(0) === 'number' ? -double(0) : integerOf(-integer(0));
    case 'mod':
      return integer(0) % nonZero(integer(1));
    case 'bit_and':
      return integer(0) & integer(1);
    case 'bit_or':
      return integer(0) | integer(1);
    case 'bit_xor':
      return integer(0) ^ integer(1);
    case 'bit_not':
      return ~integer(0);
    case 'shift_left':
      return BigInt.asIntN(64, integer(0) << shift(integer(1)));
    case 'shift_right':
      return integer(0) >> shift(integer(1));
    case 'equal':
      // biome-ignore lint/suspicious/noDoubleEquals: an integer and a double may be the same number
      return compare((a, b) => a == b);
    case 'not_equal':
      // biome-ignore lint/suspicious/noDoubleEquals: an integer and a double may be the same number
      return compare((a, b) => a != b);
    case 'less':
      return compare((a, b) => a < b);
    case 'less_equal':
      return compare((a, b) => a <= b);
    case 'abs':
      return typeof arg(0) === 'number' ? Math.abs(double(0)) : absolute(integer(0));
    case 'double':
      return double(0);
    case 'int':
      return integer(0);
    case 'exp':
      return Math.exp(double(0));
    case 'ln':
      return Math.log(double(0));
    case 'sqrt':
      return Math.sqrt(double(0));
    case 'power':
      return double(0) ** double(1);
    case 'pi':
      return Math.PI;
    case 'greatest':
      return extreme(numbers(), (a, b) => a > b);
    case 'least':
      return extreme(numbers(), (a, b) => a < b);
    case 'hash_fnv1a':
      return hashFnv1a(integer(0), integer(1));
    case 'hash_murmur2':
      return hashMurmur2(integer(0), integer(1));
    case 'random':
      return drawUniform(range(), random);
    case 'random_exponential':
      return drawExponential(range(), double(2), random);
    case 'random_gaussian':
      return drawGaussian(range(), double(2), random);
    case 'random_zipfian':
      return drawZipfian(range(), double(2), random);
    default:
      throw new ScriptError(`${name} was not evaluated`);
  }
}

/** On doubles where one of the two is one. */
function arithmetic(
  [left = null, right = null]: readonly ScriptValue[],
  onIntegers: (a: bigint, b: bigint) => bigint,
  onDoubles: (a: number, b: number) => number,
): ScriptNumber {
  return typeof left === 'number' || typeof right === 'number'
    ? onDoubles(toDouble(left), toDouble(right))
    : integerOf(onIntegers(toInteger(left), toInteger(right)));
}

function nonZero(value: bigint): bigint {
  if (value === 0n) throw new ScriptError('division by zero');
  return value;
}

function absolute(value: bigint): bigint {
  return integerOf(value < 0n ? -value : value);
}

/** C leaves more than 63 undefined; what the processors do is to look at the lowest six bits. */
const shift = (by: bigint): bigint => by & 63n;

/** A double where one of them is one. */
function extreme(
  values: readonly ScriptNumber[],
  isMore: (a: ScriptNumber, b: ScriptNumber) => boolean,
): ScriptNumber {
  const alike: readonly ScriptNumber[] = values.some((value) => typeof value === 'number')
    ? values.map(Number)
    : values;
  return alike.reduce((found, value) => (isMore(value, found) ? value : found));
}
