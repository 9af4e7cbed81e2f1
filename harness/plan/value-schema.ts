/** The part of JSON Schema (draft 07) that describes a setting to an editor. */
export interface ValueSchema {
  readonly type?: 'integer' | 'number' | 'string' | 'boolean' | 'array' | 'object';
  readonly const?: string | number;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly ValueSchema[];
  readonly items?: ValueSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: ValueSchema | false;
  readonly description?: string;
}

/** What a text may be written as in a file: a bare number is one too. */
export const SCALAR: ValueSchema = {
  anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
};

/** Either of these, without nesting what is a choice already. */
export function eitherOf(...schemas: readonly ValueSchema[]): ValueSchema {
  return { anyOf: schemas.flatMap((schema) => schema.anyOf ?? [schema]) };
}

/** A regular expression of the texts of a schema, without ^ and $: words, and patterns of one line. */
export function textPattern(schema: ValueSchema): string {
  return textPatterns(schema).join('|');
}

function textPatterns({
  anyOf = [],
  enum: words = [],
  const: word,
  pattern,
}: ValueSchema): string[] {
  const texts = [...words, word].filter((it) => typeof it === 'string').map(escaped);
  const whole = pattern === undefined ? [] : [pattern.replace(/^\^|\$$/g, '')];
  return [...texts, ...whole, ...anyOf.flatMap(textPatterns)];
}

/** Of syntax characters alone: editors compile patterns with the u flag, which knows no other escapes. */
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
