import type { Stage } from '../load/load-engine.ts';
import { duration, type Parsed, printDuration, type ValueParser } from './value-parser.ts';
import { eitherOf } from './value-schema.ts';

/** Below this a run of an hour, the longest, would see three arrivals. */
export const RATE_PER_SECOND_MIN = 0.001;

const RATE = { type: 'string', pattern: String.raw`^\d+(\.\d+)?(/(s|m|min|h))?$` } as const;

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, m: 60, h: 3_600 };

/** Arrivals per time: `300/s`, `300` (a second), `18000/min`. The value is per second. */
export function rate(options: { readonly maxPerSecond: number }): ValueParser<number> {
  const { maxPerSecond } = options;
  return {
    placeholder: 'rate',
    expected: `a rate from ${printRate(RATE_PER_SECOND_MIN)} to ${printRate(maxPerSecond)}: 300/s, 300, 18000/min`,
    schema: eitherOf({ type: 'number', minimum: RATE_PER_SECOND_MIN, maximum: maxPerSecond }, RATE),
    parse: (texts) =>
      parseRate(texts.at(-1)?.trim() ?? '', { minPerSecond: RATE_PER_SECOND_MIN, maxPerSecond }),
    print: printRate,
  };
}

export function printRate(perSecond: number): string {
  return `${perSecond}/s`;
}

function parseRate(
  text: string,
  range: { readonly minPerSecond: number; readonly maxPerSecond: number },
): Parsed<number> {
  const { minPerSecond, maxPerSecond } = range;
  if (text === '') return { ok: false, problem: 'is empty' };
  const match = /^(\d+(?:\.\d+)?)(?:\/([a-z]+))?$/.exec(text);
  const perSeconds = SECONDS[match?.[2] ?? 's'];
  if (match === null || perSeconds === undefined) return { ok: false, problem: 'is not a rate' };
  const perSecond = Number(match[1]) / perSeconds;
  if (perSecond < minPerSecond)
    return { ok: false, problem: `is below ${printRate(minPerSecond)}` };
  if (perSecond > maxPerSecond)
    return { ok: false, problem: `is above ${printRate(maxPerSecond)}` };
  return { ok: true, value: perSecond };
}

/** Stretches of a run one after the other: `100/s:10s,100/s..400/s:20s` is a step and a ramp. */
export function stages(options: {
  readonly maxPerSecond: number;
  readonly countMax: number;
  /** Of one stage, and of all together. */
  readonly durationMsMax: number;
}): ValueParser<readonly Stage[]> {
  const { maxPerSecond, countMax, durationMsMax } = options;
  const time = duration({ minMs: 1, maxMs: durationMsMax });
  return {
    placeholder: 'rate:time,…',
    expected:
      'rate:time, several separated by commas, a ramp as rate..rate:time: 100/s:10s,100/s..400/s:20s',
    schema: {
      anyOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: countMax },
      ],
    },
    parse(texts) {
      const text = texts.at(-1)?.trim() ?? '';
      if (text === '') return { ok: false, problem: 'is empty' };
      const parsed: Stage[] = [];
      for (const [index, part] of text.split(',').entries()) {
        const stage = parseStage(part, { maxPerSecond, time });
        if (!stage.ok) {
          const place = `cannot be read at stage ${index + 1}: "${part.trim()}"`;
          return { ...stage, problem: `${place} ${stage.problem}` };
        }
        parsed.push(stage.value);
      }
      const problem = problemOfAll(parsed, { countMax, durationMsMax });
      return problem === null ? { ok: true, value: parsed } : { ok: false, problem };
    },
    print: printStages,
  };
}

export function printStages(all: readonly Stage[]): string {
  return all
    .map(({ fromPerSecond, toPerSecond, durationMs }) => {
      const to = toPerSecond === fromPerSecond ? '' : `..${printRate(toPerSecond)}`;
      return `${printRate(fromPerSecond)}${to}:${printDuration(durationMs)}`;
    })
    .join(',');
}

/** How long the stages take together, in ms. */
export function stagesMs(all: readonly Pick<Stage, 'durationMs'>[]): number {
  return all.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function parseStage(
  text: string,
  parsers: { readonly maxPerSecond: number; readonly time: ValueParser<number> },
): Parsed<Stage> {
  const { maxPerSecond, time } = parsers;
  const [rates = '', timeText, ...more] = text.trim().split(':');
  const [fromText = '', toText = fromText, ...further] = rates.split('..');
  if (timeText === undefined || more.length > 0 || further.length > 0) {
    return { ok: false, problem: 'is not rate:time' };
  }
  // Nobody arriving for a while is a stage too; only all of them together must bring somebody.
  const range = { minPerSecond: 0, maxPerSecond };
  const from = parseRate(fromText.trim(), range);
  if (!from.ok) return { ok: false, problem: `has a rate that ${from.problem}` };
  const to = parseRate(toText.trim(), range);
  if (!to.ok) return { ok: false, problem: `has a rate that ${to.problem}` };
  const durationMs = time.parse([timeText]);
  if (!durationMs.ok) return { ok: false, problem: `has a time that ${durationMs.problem}` };
  return {
    ok: true,
    value: { fromPerSecond: from.value, toPerSecond: to.value, durationMs: durationMs.value },
  };
}

function problemOfAll(
  all: readonly Stage[],
  limits: { readonly countMax: number; readonly durationMsMax: number },
): string | null {
  const { countMax, durationMsMax } = limits;
  if (all.length > countMax) return `has ${all.length} stages, more than ${countMax}`;
  const totalMs = stagesMs(all);
  if (totalMs > durationMsMax) {
    return `takes ${printDuration(totalMs)} in all, more than ${printDuration(durationMsMax)}`;
  }
  const nobody = all.every((stage) => stage.fromPerSecond === 0 && stage.toPerSecond === 0);
  return nobody ? 'brings no arrivals at all' : null;
}
