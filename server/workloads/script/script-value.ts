import { ScriptError } from './script-error.ts';

/** pgbench's values: 64-bit integers, doubles, booleans and null. */
export type ScriptValue = bigint | number | boolean | null;
export type ScriptNumber = bigint | number;

const INTEGER_BITS = 64;
/** 2⁶³: the first double that no integer is as large as. */
const INTEGERS_END = 2 ** 63;

/** @throws ScriptError where it does not fit into 64 bits */
export function integerOf(value: bigint): bigint {
  if (BigInt.asIntN(INTEGER_BITS, value) !== value) throw new ScriptError('bigint out of range');
  return value;
}

/** Rounded to the nearest, halves to even, as C's rint() does. */
export function toInteger(value: ScriptValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') throw new ScriptError(`cannot make an integer of ${value}`);
  const rounded = roundHalfToEven(value);
  if (!(rounded >= -INTEGERS_END && rounded < INTEGERS_END)) {
    throw new ScriptError('double to int overflow');
  }
  return BigInt(rounded);
}

export function toDouble(value: ScriptValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new ScriptError(`cannot make a double of ${value}`);
}

export function toBoolean(value: ScriptValue): boolean {
  if (typeof value === 'boolean') return value;
  throw new ScriptError(`cannot make a boolean of ${value}`);
}

export function toNumber(value: ScriptValue): ScriptNumber {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  throw new ScriptError(`cannot make a number of ${value}`);
}

/** Significant digits of a double that survive being written as a decimal: C's DBL_DIG, as pgbench prints. */
const DOUBLE_DIGITS = 15;

/** As a parameter of a statement, in PostgreSQL's own words. */
export function parameterText(value: ScriptValue): string | null {
  if (value === null) return null;
  if (typeof value !== 'number') return String(value);
  return Number.isFinite(value) ? String(Number(value.toPrecision(DOUBLE_DIGITS))) : String(value);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
