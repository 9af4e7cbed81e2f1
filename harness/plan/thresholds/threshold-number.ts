import type { Parsed } from '../value-parser.ts';
import type { FactUnit } from './threshold-facts.ts';

/** A number as it was written: its digits, and the unit behind them, `''` for none. */
export interface WrittenNumber {
  readonly digits: string;
  readonly unit: string;
}

/** What each unit is called in a message. */
export const UNIT_WORDS: Readonly<Record<FactUnit, string>> = {
  ms: 'a time',
  per_second: 'a rate',
  count: 'a count',
  share: 'a share',
  cores: 'a number of cores',
};

type Convert = (value: number) => number;
const times =
  (factor: number): Convert =>
  (value) =>
    value * factor;
/** Dividing rounds once; multiplying by 0.001 would round twice. */
const over =
  (divisor: number): Convert =>
  (value) =>
    value / divisor;

const WRITTEN_UNITS: ReadonlyMap<string, { readonly of: FactUnit; readonly convert: Convert }> =
  new Map([
    // U+00B5 (micro sign) and U+03BC (Greek mu) look alike.
    ...['us', '\u00b5s', '\u03bcs'].map((text) => unit(text, 'ms', over(1_000))),
    unit('ms', 'ms', times(1)),
    unit('s', 'ms', times(1_000)),
    ...['m', 'min'].map((text) => unit(text, 'ms', times(60_000))),
    unit('h', 'ms', times(3_600_000)),
    unit('%', 'share', over(100)),
    unit('/s', 'per_second', times(1)),
    ...['/m', '/min'].map((text) => unit(text, 'per_second', over(60))),
    unit('/h', 'per_second', over(3_600)),
  ]);

/** How numbers of that unit are written, for remedies. */
const EXAMPLES: Readonly<Record<FactUnit, string>> = {
  ms: 'a number with its unit: 500us, 50ms, 2s, 1min',
  per_second: 'a number per second: 300/s',
  count: 'a plain number: 20',
  share: 'a percentage: 5%',
  cores: 'a plain number: 1.5',
};

/** A number to be compared with a fact of that unit: ms, per second, a share between 0 and 1. */
export function numberFor(expected: FactUnit, { digits, unit }: WrittenNumber): Parsed<number> {
  const remedy = `give ${EXAMPLES[expected]}`;
  const value = Number(digits);
  if (unit === '') {
    // Zero is the same in every unit.
    if (expected === 'ms' && value !== 0) {
      const problem = `has a time without a unit: ${digits} (${digits}ms or ${digits}s?)`;
      return { ok: false, problem, remedy };
    }
    return inRange(expected, value, { digits, unit });
  }
  const written = WRITTEN_UNITS.get(unit);
  if (written === undefined) {
    return { ok: false, problem: `has an unknown unit: ${unit}`, remedy };
  }
  if (written.of !== expected) {
    const problem = `compares ${UNIT_WORDS[expected]} with ${UNIT_WORDS[written.of]}: ${digits}${unit}`;
    return { ok: false, problem, remedy };
  }
  return inRange(expected, written.convert(value), { digits, unit });
}

function inRange(unit: FactUnit, value: number, written: WrittenNumber): Parsed<number> {
  if (!Number.isFinite(value)) {
    return { ok: false, problem: `is too large: ${written.digits}`, remedy: 'give a smaller one' };
  }
  if (unit === 'share' && value > 1) {
    return {
      ok: false,
      problem: `has a share above 100 %: ${written.digits}${written.unit}`,
      remedy:
        written.unit === '' ? `give ${written.digits}% if that is meant` : 'give 100% or less',
    };
  }
  return { ok: true, value };
}

/** A canonical number as it is written, which reads back as itself. */
export function printNumber(expected: FactUnit, value: number): string {
  if (expected === 'ms') return `${value}ms`;
  return expected === 'per_second' ? `${value}/s` : String(value);
}

/** `80%` of a fact, or `0.8` of it. */
export function factorFrom({ digits, unit }: WrittenNumber): Parsed<number> {
  const value = unit === '%' ? Number(digits) / 100 : Number(digits);
  if (unit !== '' && unit !== '%') {
    const problem = `multiplies a fact by something with a unit: ${digits}${unit}`;
    return { ok: false, problem, remedy: 'give a plain number or a percentage: 0.8*usable' };
  }
  if (!Number.isFinite(value) || value === 0) {
    const problem = `multiplies a fact by ${digits}`;
    return { ok: false, problem, remedy: 'give a number above 0, or compare with 0 itself' };
  }
  return { ok: true, value };
}

function unit(
  text: string,
  of: FactUnit,
  convert: Convert,
): [string, { of: FactUnit; convert: Convert }] {
  return [text, { of, convert }];
}
