/** The part of JSON Schema (draft 07) that describes a setting to an editor. */
export interface ValueSchema {
  readonly type?: 'integer' | 'number' | 'string' | 'boolean' | 'array' | 'object';
  readonly const?: string | number;
  readonly enum?: readonly (string | number | boolean)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly ValueSchema[];
  readonly items?: ValueSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
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
