import { nearestWord } from '../nearest-word.ts';
import type { Parsed } from '../value-parser.ts';
import {
  type FactName,
  type FactUnit,
  type FactVocabulary,
  TRIAL_FACTS,
} from './threshold-facts.ts';
import { factorFrom, numberFor, printNumber, UNIT_WORDS } from './threshold-number.ts';
import { type ThresholdToken, thresholdTokens } from './threshold-tokens.ts';

export const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/**
 * Something a trial must reach, e.g. `latency.p99<50ms` or `pg.connections.peak<0.8*usable`; or anything
 * else that has named facts.
 */
export interface Threshold<F extends string = FactName> {
  readonly fact: F;
  readonly unit: FactUnit;
  readonly comparison: Comparison;
  readonly side:
    | {
        readonly kind: 'number';
        /** In the fact's unit: ms, per second, a share between 0 and 1. */
        readonly value: number;
      }
    | { readonly kind: 'fact'; readonly factor: number; readonly fact: F };
}

type Failed = Extract<Parsed<never>, { readonly ok: false }>;
type Side<F extends string> = Threshold<F>['side'];
interface Left<F extends string> {
  readonly name: F;
  readonly unit: FactUnit;
  /** All facts that it can be compared with. */
  readonly facts: FactVocabulary<F>;
}

/** Of the whole, for remedies. */
const formOf = ({ example }: FactVocabulary<string>): string =>
  `write <fact><comparison><number or fact>, e.g. ${example}`;

/** About a trial; see `parseThresholdAbout`. */
export function parseThreshold(text: string): Parsed<Threshold> {
  return parseThresholdAbout(TRIAL_FACTS, text);
}

/**
 * `<fact> <comparison> <side>`, where the side is a number with its unit, a fact, or a part of a fact
 * (`0.8*usable`, `usable*80%`). Blanks may stand between them.
 */
export function parseThresholdAbout<F extends string>(
  facts: FactVocabulary<F>,
  text: string,
): Parsed<Threshold<F>> {
  const form = formOf(facts);
  const tokens = thresholdTokens(text);
  if (!tokens.ok) return tokens;
  const [first, second, ...rest] = tokens.value;
  if (first === undefined) return fail('is empty', form);
  if (first.kind !== 'word') {
    const remedy = first.kind === 'number' ? `put the fact first: ${form.slice(6)}` : form;
    return fail(`begins with ${shown(first)}, which is not a fact`, remedy);
  }
  const left = factFrom(first, facts);
  if (!left.ok) return left;
  const comparison = comparisonFrom(second, form);
  if (!comparison.ok) return comparison;
  const side = sideFrom(left.value, rest);
  if (!side.ok) return side;
  return checked({
    fact: left.value.name,
    unit: left.value.unit,
    comparison: comparison.value,
    side: side.value,
  });
}

/** The shortest canonical form; parsed again it is the same threshold. */
export function printThreshold<F extends string>({
  fact,
  unit,
  comparison,
  side,
}: Threshold<F>): string {
  if (side.kind === 'number') return `${fact}${comparison}${printNumber(unit, side.value)}`;
  const factor = side.factor === 1 ? '' : `${side.factor}*`;
  return `${fact}${comparison}${factor}${side.fact}`;
}

function factFrom<F extends string>(
  { text, position }: ThresholdToken,
  facts: FactVocabulary<F>,
): Parsed<Left<F>> {
  const found = facts.find(text);
  if (found !== null) return { ok: true, value: { ...found, facts } };
  const suggestion = nearestWord(text, facts.names);
  const question = suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
  return fail(
    `names an unknown fact at character ${position}: ${text}${question}`,
    `pool-lab ${facts.command} --help lists the facts`,
  );
}

function comparisonFrom(token: ThresholdToken | undefined, form: string): Parsed<Comparison> {
  if (token === undefined) return fail('compares with nothing', form);
  const known = COMPARISONS.find((candidate) => candidate === token.text);
  if (token.kind === 'comparison' && known !== undefined) return { ok: true, value: known };
  return fail(
    `has no comparison at character ${token.position}: ${token.text}`,
    `use one of ${COMPARISONS.join(' ')}`,
  );
}

/** `number`, `number * fact`, `fact`, `fact * number`, and nothing behind it. */
function sideFrom<F extends string>(
  left: Left<F>,
  tokens: readonly ThresholdToken[],
): Parsed<Side<F>> {
  const form = formOf(left.facts);
  const [first, star, second, ...rest] = tokens;
  if (first === undefined) return fail('compares with nothing', form);
  if (first.kind !== 'number' && first.kind !== 'word') return unexpected(first, form);
  if (star === undefined) {
    if (first.kind === 'word') return partOf(left, first, 1);
    if (left.facts.find(first.unit) !== null) {
      return fail(`lacks a * between ${first.digits} and ${first.unit}`, 'write 0.8*usable');
    }
    const value = numberFor(left.unit, first);
    return value.ok ? { ok: true, value: { kind: 'number', value: value.value } } : value;
  }
  if (star.kind !== 'star') return unexpected(star, form);
  if (second === undefined) return fail('ends with *', 'write a part of a fact as 0.8*usable');
  if (first.kind === second.kind) {
    return fail(
      `multiplies ${first.text} by ${second.text}`,
      'write a part of a fact as 0.8*usable: one number, one fact',
    );
  }
  const [written, fact] = first.kind === 'number' ? [first, second] : [second, first];
  if (written.kind !== 'number' || fact.kind !== 'word') return unexpected(second, form);
  if (rest[0] !== undefined) return unexpected(rest[0], form);
  const factor = factorFrom(written);
  return factor.ok ? partOf(left, fact, factor.value) : factor;
}

function partOf<F extends string>(
  left: Left<F>,
  token: ThresholdToken,
  factor: number,
): Parsed<Side<F>> {
  const right = factFrom(token, left.facts);
  if (!right.ok) return right;
  const { name, unit } = right.value;
  if (unit !== left.unit) {
    return fail(
      `compares ${left.name}, ${UNIT_WORDS[left.unit]}, with ${name}, ${UNIT_WORDS[unit]}`,
      `compare with a fact that is ${UNIT_WORDS[left.unit]} too`,
    );
  }
  if (name === left.name) {
    return fail(`compares ${name} with itself`, 'compare with a number or another fact');
  }
  return { ok: true, value: { kind: 'fact', factor, fact: name } };
}

/** What was understood, but can never tell anything. */
function checked<F extends string>(threshold: Threshold<F>): Parsed<Threshold<F>> {
  const { fact, unit, comparison, side } = threshold;
  const exact = comparison === '==' || comparison === '!=';
  const measured = unit === 'ms' || unit === 'per_second' || unit === 'cores';
  if (exact && measured && side.kind === 'number' && side.value !== 0) {
    return fail(
      `asks whether ${UNIT_WORDS[unit]} that is measured is exactly a number: ${fact}${comparison}`,
      'use < <= > >=, for a range two thresholds',
    );
  }
  return { ok: true, value: threshold };
}

function unexpected(token: ThresholdToken, form: string): Failed {
  const problem = `has ${shown(token)} at character ${token.position}, where nothing of the kind can stand`;
  return token.kind === 'comparison'
    ? fail(problem, 'give one threshold for each comparison')
    : fail(problem, form);
}

const shown = ({ text }: ThresholdToken): string => JSON.stringify(text);

function fail(problem: string, remedy: string): Failed {
  return { ok: false, problem, remedy };
}
