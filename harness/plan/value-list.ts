import { numberRange } from './number-range.ts';
import type { Parsed, ValueParser } from './value-parser.ts';
import { eitherOf, textPattern, type ValueSchema } from './value-schema.ts';

/**
 * Several values of one setting, separated by commas: `1,2,4`. With `ranges` an item may be a range of
 * whole numbers too: `1..4`, `1..8:+2`, `1..32:x2`. A value that comes twice counts once; numbers are
 * put in ascending order with `unlimited` behind them, everything else stays in the order given.
 */
export function listOf<T extends string | number>(
  item: ValueParser<T>,
  options: { readonly countMax: number },
): ValueParser<readonly T[]> {
  const { countMax } = options;
  return listParser(item, {
    ...listWords(item, 'several separated by commas'),
    schema: commaSeparated(item),
    itemsOf: (text) => oneItem(item, text),
    orderOf: () => 0,
    countMax,
  });
}

/** A list of numbers in ascending order, without ranges: `100/s,200/s`. */
export function numbersOf(
  item: ValueParser<number>,
  options: { readonly countMax: number },
): ValueParser<readonly number[]> {
  const { countMax } = options;
  return listParser(item, {
    ...listWords(item, 'several separated by commas'),
    schema: commaSeparated(item),
    itemsOf: (text) => oneItem(item, text),
    orderOf: (value) => value,
    countMax,
  });
}

/** A list of whole numbers, in which ranges stand for their values. */
export function wholeNumbersOf(
  item: ValueParser<number>,
  options: { readonly countMax: number },
): ValueParser<readonly number[]> {
  const { countMax } = options;
  return listParser(item, {
    ...listWords(item, 'several as 1,2,4 or as ranges: 1..4, 1..9:+2, 1..32:x2'),
    schema: RANGES,
    itemsOf: (text) =>
      text.includes('..') ? numberRange(text, item, countMax) : oneItem(item, text),
    // What is printed as a word, `unlimited`, is more than any number.
    orderOf: (value) => (item.print(value) === String(value) ? value : Number.POSITIVE_INFINITY),
    countMax,
  });
}

const RANGE = String.raw`[+-]?\d+\s*\.\.\s*[+-]?\d+(\s*:\s*[+x]\d+)?`;
const NUMBER = String.raw`([+-]?\d+|unlimited)`;
const RANGES = {
  type: 'string',
  pattern: String.raw`^\s*(${RANGE}|${NUMBER})(\s*,\s*(${RANGE}|${NUMBER}))*\s*$`,
} as const;

function commaSeparated(item: ValueParser<unknown>): ValueSchema {
  const one = `(?:${textPattern(item.schema ?? {})})`;
  return { type: 'string', pattern: String.raw`^\s*${one}(\s*,\s*${one})*\s*$` };
}

interface ListRules<T> {
  readonly placeholder: string | null;
  readonly expected: string;
  /** Of a text that is more than one item. */
  readonly schema: ValueSchema;
  readonly itemsOf: (text: string) => Parsed<readonly T[]>;
  readonly orderOf: (value: T) => number;
  readonly countMax: number;
}

function listWords(item: ValueParser<unknown>, several: string) {
  return { placeholder: `${item.placeholder},…`, expected: `${item.expected}; ${several}` };
}

function listParser<T extends string | number>(
  item: ValueParser<T>,
  rules: ListRules<T>,
): ValueParser<readonly T[]> {
  const { placeholder, expected, itemsOf, orderOf, countMax } = rules;
  const text = rules.schema;
  const one = item.schema ?? { type: 'string' };
  return {
    placeholder,
    expected,
    schema: eitherOf(one, text, {
      type: 'array',
      items: eitherOf(one, text),
      minItems: 1,
      maxItems: countMax,
    }),
    parse(texts) {
      const found = new Set<T>();
      const items = (texts.at(-1) ?? '').split(',');
      for (const [index, given] of items.entries()) {
        const parsed = itemsOf(given.trim());
        if (!parsed.ok) {
          if (items.length === 1) return parsed;
          const place = `cannot be read at value ${index + 1}: ${JSON.stringify(given.trim())}`;
          return { ...parsed, problem: `${place} ${parsed.problem}` };
        }
        for (const value of parsed.value) found.add(value);
        if (found.size > countMax) {
          return {
            ok: false,
            problem: `has more than ${countMax} values`,
            remedy: `give ${countMax} values or fewer`,
          };
        }
      }
      return { ok: true, value: [...found].sort((a, b) => compare(orderOf(a), orderOf(b))) };
    },
    print: (values) => values.map((value) => item.print(value)).join(','),
  };
}

function oneItem<T>(item: ValueParser<T>, text: string): Parsed<readonly T[]> {
  const parsed = item.parse([text]);
  return parsed.ok ? { ok: true, value: [parsed.value] } : parsed;
}

/** Equal where both are beyond any number, which a difference of infinities is not. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
