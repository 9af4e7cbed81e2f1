import type { YamlNode } from '../sweep/yaml-document.ts';

/** `{poolSize}` or `{{id}}`, which YAML reads as a map where it stands without quotes; else `null`. */
export function bracesIn(node: YamlNode): string | null {
  if (node.kind !== 'map' || node.entries.length !== 1) return null;
  const [entry] = node.entries;
  if (entry?.value.kind !== 'text' || entry.value.text !== '') return null;
  const inner = entry.key.kind === 'text' ? entry.key.text : bracesIn(entry.key);
  return inner === null || inner === '' ? null : `{${inner}}`;
}

export function quotedInstead(braces: string): {
  readonly problem: string;
  readonly remedy: string;
} {
  return {
    problem: 'is a map as YAML reads it, since it begins with a brace',
    remedy: `put quotes around it: "${braces}"`,
  };
}
