import { nearestWord } from '../nearest-word.ts';
import type { Problem } from '../option-table.ts';
import type { YamlNode, YamlPosition } from '../sweep/yaml-document.ts';
import { bracesIn, quotedInstead } from './unquoted-braces.ts';

/** Where problems of a file go, and how its places are named. */
export interface FileProblems {
  readonly placeOf: (at: YamlPosition) => string;
  add(problem: Problem): void;
}

/** A value of a map, with its place: the key's own where there is no value. */
export interface Field {
  readonly at: YamlPosition;
  /** As messages call it, e.g. `requests[0].path`. */
  readonly name: string;
  readonly node: YamlNode;
}

export function refuse(
  { at, name }: Pick<Field, 'at' | 'name'>,
  { value, problem, remedy }: Pick<Problem, 'value' | 'problem' | 'remedy'>,
  problems: FileProblems,
): void {
  problems.add({ field: name, value, source: problems.placeOf(at), problem, remedy });
}

/** The values of a map by their keys; what is no map, no known key or comes twice is a problem. */
export function fieldsOf<K extends string>(
  whole: Field,
  keys: readonly K[],
  problems: FileProblems,
): ReadonlyMap<K, Field> | null {
  const { node, name } = whole;
  if (node.kind !== 'map') {
    refuse(whole, { ...shown(node), remedy: `give a map with ${keys.join(', ')}` }, problems);
    return null;
  }
  const fields = new Map<K, Field>();
  for (const { key, value } of node.entries) {
    const word = key.kind === 'text' ? key.text : `a ${key.kind}`;
    const known = keys.find((it) => it === word);
    if (known === undefined || fields.has(known)) {
      const suggestion = nearestWord(word, keys);
      const meant = suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
      const wrong =
        known === undefined
          ? { problem: `is none of its keys${meant}`, remedy: `give ${keys.join(', ')}` }
          : { problem: 'is given twice', remedy: 'give it once' };
      refuse({ at: key.at, name }, { value: word, ...wrong }, problems);
      continue;
    }
    fields.set(known, fieldOf(`${name}.${known}`, key, value));
  }
  return fields;
}

export function fieldOf(name: string, key: YamlNode, node: YamlNode): Field {
  return { name, node, at: node.kind === 'text' && node.text === '' ? key.at : node.at };
}

/** A plain value; `null`, and a problem, for everything else. */
export function textOf(field: Field, expected: string, problems: FileProblems): string | null {
  const { node } = field;
  if (node.kind === 'text') return node.text;
  const braces = bracesIn(node);
  if (braces === null) refuse(field, { ...shown(node), remedy: `give ${expected}` }, problems);
  else refuse(field, { value: braces, ...quotedInstead(braces) }, problems);
  return null;
}

function shown(node: YamlNode): Pick<Problem, 'value' | 'problem'> {
  switch (node.kind) {
    case 'refused':
      return { value: node.text, problem: node.problem };
    case 'text':
      return { value: node.text, problem: 'is a plain value' };
    case 'list':
      return { value: 'a list', problem: 'cannot be used here' };
    case 'map':
      return { value: 'a map', problem: 'cannot be used here' };
  }
}
