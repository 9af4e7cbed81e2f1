import { nearestWord } from './nearest-word.ts';
import { eitherOf, SCALAR, type ValueSchema } from './value-schema.ts';

/** Text of a flag or an environment variable made into a value, or what is wrong with the text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly problem: string;
      /** Where it is another than giving what is expected. */
      readonly remedy?: string;
      /** What of the texts a message may repeat, where it is not all of them. */
      readonly shown?: string;
    };

export interface ValueParser<T> {
  /** Shown in help, e.g. `count`; `null` for a switch, which takes no value. */
  readonly placeholder: string | null;
  /** What is accepted, as the remedy's object: "a whole number from 1 to 64". */
  readonly expected: string;
  /** What an editor may accept in a file; whoever can be given in one has it. */
  readonly schema?: ValueSchema;
  /** `texts` is what was given, in order; repeatable options get more than one. */
  parse(texts: readonly string[]): Parsed<T>;
  /** The value as the user would write it. */
  print(value: T): string;
}

const fail = (problem: string): { readonly ok: false; readonly problem: string } => ({
  ok: false,
  problem,
});

const lastOf = (texts: readonly string[]): string => texts.at(-1)?.trim() ?? '';

/** Whole numbers in plain digits; `word` is another way to write one of them. */
export function wholeNumber(options: {
  readonly min: number;
  readonly max: number;
  readonly placeholder?: string;
  readonly word?: { readonly text: string; readonly value: number };
}): ValueParser<number> {
  const { min, max, word } = options;
  const range = `a whole number from ${min} to ${max}`;
  return {
    placeholder: options.placeholder ?? 'count',
    expected: word === undefined ? range : `${range} (${word.value}: ${word.text})`,
    schema:
      word === undefined
        ? { type: 'integer', minimum: min, maximum: max }
        : eitherOf({ type: 'integer', minimum: min, maximum: max }, { const: word.text }),
    parse(texts) {
      const text = lastOf(texts);
      if (text === word?.text) return { ok: true, value: word.value };
      if (text === '') return fail('is empty');
      if (!/^[+-]?\d+$/.test(text)) return fail('is not a whole number in digits');
      const value = Number(text) + 0;
      if (value < min) return fail(`is below ${min}`);
      if (value > max) return fail(`is above ${max}`);
      return { ok: true, value };
    },
    print: (value) => (value === word?.value ? word.text : String(value)),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const DURATION = String.raw`^(0|\d+(\.\d+)?(ms|s|m|h))$`;

/** Time with its unit, in ms. A bare number is refused: seconds or ms cannot be told. */
export function duration(options: {
  readonly minMs: number;
  readonly maxMs: number;
  /** Whether parts of a millisecond mean anything, down to one in a thousand. @default false */
  readonly fine?: boolean;
}): ValueParser<number> {
  const { minMs, maxMs, fine = false } = options;
  return {
    placeholder: 'time',
    expected: `a time from ${printDuration(minMs)} to ${printDuration(maxMs)} with its unit: ${fine ? '0.5ms, 20ms' : '500ms, 2s, 1m'}`,
    schema:
      minMs === 0
        ? eitherOf({ const: 0 }, { type: 'string', pattern: DURATION })
        : { type: 'string', pattern: DURATION },
    parse(texts) {
      const text = lastOf(texts);
      if (text === '') return fail('is empty');
      // Zero is the same in every unit.
      if (text === '0') {
        return minMs === 0 ? { ok: true, value: 0 } : fail(`is below ${printDuration(minMs)}`);
      }
      if (/^\d+(\.\d+)?$/.test(text)) {
        return fail(`has no unit (${text}s for seconds, ${text}ms for milliseconds?)`);
      }
      const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
      const unitMs = UNIT_MS[match?.[2] ?? ''];
      if (match === null || unitMs === undefined) return fail('is not a time');
      // Through a rounded number of microseconds: 1.1 s must not become 1100.0000000000001 ms.
      const value = Math.round(Number(match[1]) * unitMs * 1_000) / 1_000;
      if (!fine && !Number.isInteger(value)) return fail('is finer than a millisecond');
      if (value < minMs) return fail(`is below ${printDuration(minMs)}`);
      if (value > maxMs) return fail(`is above ${printDuration(maxMs)}`);
      return { ok: true, value };
    },
    print: printDuration,
  };
}

/** The shortest exact form with one unit: 1500 → `1500ms`, 2000 → `2s`, 60000 → `1m`. */
export function printDuration(ms: number): string {
  if (ms === 0) return '0';
  for (const unit of ['h', 'm', 's']) {
    const unitMs = UNIT_MS[unit] ?? 1;
    if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return `${ms}ms`;
}

const NULL_WORD: string = 'null';

/** One of a closed list, with a suggestion for a misspelt one. */
export function choice<const T extends string>(
  values: readonly T[],
  placeholder: string,
): ValueParser<T> {
  return {
    placeholder,
    expected: `one of ${values.join(', ')}`,
    // What YAML reads as nothing is a word here.
    schema: { enum: values.some((value) => value === NULL_WORD) ? [...values, null] : values },
    parse(texts) {
      const text = lastOf(texts);
      const value = values.find((candidate) => candidate === text);
      if (value !== undefined) return { ok: true, value };
      if (text === '') return fail('is empty');
      const suggestion = nearestWord(text, values);
      return fail(
        suggestion === null ? 'is not known' : `is not known (did you mean ${suggestion}?)`,
      );
    },
    print: (value) => value,
  };
}

const YES = ['yes', 'true', '1', 'on'];
const NO = ['no', 'false', '0', 'off'];

/** A switch: the flag alone says yes; the environment variable says yes or no. */
export function yesNo(): ValueParser<boolean> {
  return {
    placeholder: null,
    expected: 'yes or no',
    schema: { enum: [true, false, 'yes', 'no', 'on', 'off'] },
    parse(texts) {
      const text = lastOf(texts).toLowerCase();
      if (YES.includes(text)) return { ok: true, value: true };
      if (NO.includes(text)) return { ok: true, value: false };
      return fail(text === '' ? 'is empty' : 'is neither yes nor no');
    },
    print: (value) => (value ? 'yes' : 'no'),
  };
}

/** `word` stands for "nothing of the kind", everything else goes to `inner`. */
export function orNone<T>(inner: ValueParser<T>, word: string): ValueParser<T | null> {
  return {
    placeholder: inner.placeholder,
    expected: `${inner.expected}, or ${word}`,
    schema: eitherOf(inner.schema ?? { type: 'string' }, { const: word }),
    parse: (texts) => (lastOf(texts) === word ? { ok: true, value: null } : inner.parse(texts)),
    print: (value) => (value === null ? word : inner.print(value)),
  };
}

/** `name=value`, repeatable, each name with one value. */
export function assignments(options: {
  readonly name: RegExp;
  /** Names that have a flag of their own, or must stay the lab's. */
  readonly refused?: ReadonlyMap<string, { readonly problem: string; readonly remedy: string }>;
}): ValueParser<Readonly<Record<string, string>>> {
  return {
    placeholder: 'name=value',
    expected: 'name=value',
    schema: {
      anyOf: [
        { type: 'object', additionalProperties: SCALAR },
        { type: 'array', items: { type: 'string' } },
      ],
    },
    parse(texts) {
      const found = new Map<string, string>();
      for (const text of texts) {
        const at = text.indexOf('=');
        if (at < 1) return fail(text.trim() === '' ? 'is empty' : 'is not name=value');
        const name = text.slice(0, at).trim();
        if (!options.name.test(name)) return fail(`has a name that cannot be one: ${name}`);
        const refusal = options.refused?.get(name.toLowerCase());
        if (refusal !== undefined) return { ...fail(refusal.problem), remedy: refusal.remedy };
        const value = text.slice(at + 1).trim();
        const before = found.get(name) ?? value;
        if (before !== value) {
          return {
            ...fail(`gives ${name} twice, as ${before} and as ${value}`),
            remedy: 'give it once',
          };
        }
        found.set(name, value);
      }
      return { ok: true, value: Object.fromEntries(found) };
    },
    print: (value) => {
      const pairs = Object.entries(value).map(([name, text]) => `${name}=${text}`);
      return pairs.length === 0 ? 'none' : pairs.join(' ');
    },
  };
}

/** A file or a directory, from where the command is started. */
export function path(): ValueParser<string> {
  return {
    placeholder: 'path',
    expected: 'a path',
    parse(texts) {
      const text = lastOf(texts);
      return text === '' ? fail('is empty') : { ok: true, value: text };
    },
    print: (value) => value,
  };
}

/** A directory by its absolute path: what a relative one means depends on who starts the lab. */
export function absolutePath(): ValueParser<string> {
  return {
    placeholder: 'path',
    expected: 'an absolute path, e.g. /var/tmp',
    parse(texts) {
      const text = lastOf(texts);
      if (text === '') return fail('is empty');
      return text.startsWith('/') ? { ok: true, value: text } : fail('is not an absolute path');
    },
    print: (value) => value,
  };
}
