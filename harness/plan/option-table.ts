import { nearestWord } from './nearest-word.ts';
import type { ValueParser } from './value-parser.ts';

/** One setting: the only description of its flag, variable, values, default and meaning. */
export interface Option<T> {
  /** Long flag without dashes; the option's key in the table is its camel case. */
  readonly flag: string;
  /** Environment variable, or `null` where there is none. */
  readonly env: string | null;
  readonly parser: ValueParser<T>;
  readonly defaultValue: T;
  readonly description: string;
  /** May be given more than once; the environment variable separates values by spaces. */
  readonly repeatable: boolean;
}
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends Option<infer V> ? V : never;
};

/** Flags as they were typed, by camel case name. */
export type RawFlags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
export type RawEnv = Readonly<Record<string, string | undefined>>;

/** Settings of a file, by the option's key in the table. */
export type FileTexts = ReadonlyMap<
  string,
  { readonly texts: readonly string[]; readonly source: string }
>;

/** Where settings are looked for: a flag goes before its variable, and that before the file. */
export interface Given {
  readonly flags: RawFlags;
  readonly env: RawEnv;
  readonly file?: FileTexts;
}

/** One thing wrong with what the user gave. */
export interface Problem {
  /** The option's flag, e.g. `--pool-size`. */
  readonly field: string;
  readonly value: string;
  /** The flag, the variable's name, the place in a file, or `default`. */
  readonly source: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Where each value came from: its flag, its variable's name, a place in a file, or `default`. */
export type OptionSources<T extends OptionTable> = { readonly [K in keyof T]: string };
/** What was given, as it was typed; nothing for defaults. */
export type OptionTexts<T extends OptionTable> = { readonly [K in keyof T]: readonly string[] };

export interface ReadOptions<T extends OptionTable> {
  /** Values that could not be read are their defaults here; `problems` names them. */
  readonly values: OptionValues<T>;
  readonly sources: OptionSources<T>;
  readonly texts: OptionTexts<T>;
  readonly problems: readonly Problem[];
}

export const ENV_PREFIX = 'POOL_LAB_';
export const SOURCE_DEFAULT = 'default';

/** Flag before variable before file before default. Reads everything, so that all problems come at once. */
export function readOptions<const T extends OptionTable>(table: T, given: Given): ReadOptions<T> {
  const values: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  const allTexts: Record<string, readonly string[]> = {};
  const problems: Problem[] = [];
  for (const [name, option] of Object.entries(table)) {
    const { texts, source } = textsOf(name, option, given);
    sources[name] = source;
    allTexts[name] = texts;
    values[name] = option.defaultValue;
    if (source === SOURCE_DEFAULT) continue;
    const parsed = option.parser.parse(texts);
    if (parsed.ok) {
      values[name] = parsed.value;
    } else {
      problems.push({
        field: `--${option.flag}`,
        value: parsed.shown ?? texts.join(' '),
        source,
        problem: parsed.problem,
        remedy: parsed.remedy ?? `give ${option.parser.expected}`,
      });
    }
  }
  return {
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: each key got its own option's type above
    values: values as OptionValues<T>,
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: each key got a text above
    sources: sources as OptionSources<T>,
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: each key got its texts above
    texts: allTexts as OptionTexts<T>,
    problems,
  };
}

function textsOf(
  name: string,
  option: Option<unknown>,
  { flags, env, file }: Given,
): { readonly texts: readonly string[]; readonly source: string } {
  const flag = flags[name];
  if (flag !== undefined) {
    const source = `--${option.flag}`;
    if (typeof flag === 'boolean') return { texts: [flag ? 'yes' : 'no'], source };
    return { texts: typeof flag === 'string' ? [flag] : flag, source };
  }
  const text = option.env === null ? undefined : env[option.env];
  if (option.env === null || text === undefined) {
    return file?.get(name) ?? { texts: [], source: SOURCE_DEFAULT };
  }
  const texts = option.repeatable && text.trim() !== '' ? text.trim().split(/\s+/) : [text];
  return { texts, source: option.env };
}

/** One sentence for each `POOL_LAB_*` variable that no option of the table reads. */
export function unknownVariableWarnings(table: OptionTable, env: RawEnv): readonly string[] {
  const known = Object.values(table).flatMap((option) => option.env ?? []);
  return Object.keys(env)
    .filter((name) => name.startsWith(ENV_PREFIX) && !known.includes(name))
    .sort()
    .map((name) => {
      // Without the prefix: twenty letters in common with every one of them say nothing.
      const suggestion = nearestWord(withoutPrefix(name), known.map(withoutPrefix));
      const remedy = suggestion === null ? '' : `; did you mean ${ENV_PREFIX}${suggestion}?`;
      return `${name} is not a setting of this command and changes nothing${remedy}`;
    });
}

const withoutPrefix = (name: string): string => name.slice(ENV_PREFIX.length);
