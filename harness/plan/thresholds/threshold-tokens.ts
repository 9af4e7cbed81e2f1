import type { Parsed } from '../value-parser.ts';
import type { WrittenNumber } from './threshold-number.ts';

interface Placed {
  /** As it was written. */
  readonly text: string;
  /** Of its first character, counted from 1. */
  readonly position: number;
}
export type ThresholdToken = Placed &
  (
    | { readonly kind: 'word' }
    | { readonly kind: 'comparison' }
    | { readonly kind: 'star' }
    | ({ readonly kind: 'number' } & WrittenNumber)
  );

/** A number takes the word behind it for its unit, with or without a blank between. */
const TOKEN =
  /(?<blank>\s+)|(?<digits>\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:\s*(?<unit>%|\/?[a-z\u00b5\u03bc][\w.]*))?|(?<word>[a-z][\w.]*)|(?<comparison>[<>=!]+)|(?<star>\*)/iuy;

/** Cuts the text into what it consists of, or says which character belongs to nothing. */
export function thresholdTokens(text: string): Parsed<readonly ThresholdToken[]> {
  const tokens: ThresholdToken[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const position = pattern.lastIndex + 1;
    const match = pattern.exec(text);
    if (match === null) return { ok: false, ...strange(text, position) };
    const placed = { text: match[0], position };
    const { digits, unit = '', word, comparison, star } = match.groups ?? {};
    if (digits !== undefined) tokens.push({ ...placed, kind: 'number', digits, unit });
    if (word !== undefined) tokens.push({ ...placed, kind: 'word' });
    if (comparison !== undefined) tokens.push({ ...placed, kind: 'comparison' });
    if (star !== undefined) tokens.push({ ...placed, kind: 'star' });
  }
  return { ok: true, value: tokens };
}

function strange(
  text: string,
  position: number,
): { readonly problem: string; readonly remedy: string } {
  const character = String.fromCodePoint(text.codePointAt(position - 1) ?? 0);
  const problem = `has ${JSON.stringify(character)} at character ${position}, which no threshold has`;
  const remedy = REMEDIES[character] ?? 'write e.g. latency.p99<50ms or goodput>0.99*offered';
  return { problem, remedy };
}

const REMEDIES: Readonly<Record<string, string>> = {
  '-': 'leave it out: no fact is ever negative',
  ',': 'give one threshold after the other, and write numbers without thousands separators',
  '/': 'write a part of a fact as 0.5*usable',
  '(': 'write percentiles as latency.p95',
  '.': 'write a 0 before the point',
  '≤': 'write <=',
  '≥': 'write >=',
  '≠': 'write !=',
};
