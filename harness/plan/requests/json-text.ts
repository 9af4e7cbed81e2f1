import type { YamlNode, YamlPosition } from '../sweep/yaml-document.ts';
import { bracesIn, quotedInstead } from './unquoted-braces.ts';

/** Deeper bodies are a slip of the indentation, or made to cost time. */
const DEPTH_MAX = 32;

export interface JsonProblem {
  readonly at: YamlPosition;
  readonly value: string;
  readonly problem: string;
  readonly remedy: string;
}

type JsonText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: JsonProblem };

/**
 * A YAML value as JSON: texts without quotes are numbers, booleans and null where YAML 1.2's core schema
 * has them so, everything in quotes is a string. Whole numbers keep all their digits.
 */
export function jsonText(node: YamlNode, depth = 0): JsonText {
  if (depth > DEPTH_MAX) {
    return refused(node, 'a value', {
      problem: `is nested deeper than ${DEPTH_MAX} levels`,
      remedy: 'give the text itself as body',
    });
  }
  switch (node.kind) {
    case 'text':
      return node.plain
        ? plainText(node, node.text)
        : { ok: true, text: JSON.stringify(node.text) };
    case 'refused':
      return refused(node, node.text, node);
    case 'list': {
      const items: string[] = [];
      for (const item of node.items) {
        const read = jsonText(item, depth + 1);
        if (!read.ok) return read;
        items.push(read.text);
      }
      return { ok: true, text: `[${items.join(',')}]` };
    }
    case 'map':
      return mapText(node, depth);
  }
}

function mapText(node: Extract<YamlNode, { kind: 'map' }>, depth: number): JsonText {
  const braces = bracesIn(node);
  if (braces !== null) return refused(node, braces, quotedInstead(braces));
  const members = new Map<string, string>();
  for (const { key, value } of node.entries) {
    if (key.kind !== 'text') {
      return refused(key, `a ${key.kind}`, {
        problem: 'is no name in a JSON object',
        remedy: 'give names as texts',
      });
    }
    if (members.has(key.text)) {
      return refused(key, key.text, { problem: 'is given twice', remedy: 'give each name once' });
    }
    const read = jsonText(value, depth + 1);
    if (!read.ok) return read;
    members.set(key.text, `${JSON.stringify(key.text)}:${read.text}`);
  }
  return { ok: true, text: `{${[...members.values()].join(',')}}` };
}

/** YAML 1.2.2, 10.3.2. */
function plainText(node: YamlNode, text: string): JsonText {
  if (/^(|~|null|Null|NULL)$/.test(text)) return { ok: true, text: 'null' };
  if (/^(true|True|TRUE|false|False|FALSE)$/.test(text)) {
    return { ok: true, text: text.toLowerCase() };
  }
  if (/^[-+]?\d+$/.test(text) || /^0(o[0-7]+|x[\da-fA-F]+)$/.test(text)) {
    return { ok: true, text: BigInt(text.replace(/^\+/, '')).toString() };
  }
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return { ok: true, text: JSON.stringify(value) };
  } else if (!/^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(text)) {
    return { ok: true, text: JSON.stringify(text) };
  }
  return refused(node, text, {
    problem: 'is a number that JSON does not have',
    remedy: 'put quotes around it for a text',
  });
}

function refused(
  { at }: YamlNode,
  value: string,
  { problem, remedy }: Pick<JsonProblem, 'problem' | 'remedy'>,
): JsonText {
  return { ok: false, problem: { at, value, problem, remedy } };
}
