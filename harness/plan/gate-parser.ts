import { z } from 'zod';
import { GATE_DEFAULTS, type Gates, gatesSchema } from './gates.ts';
import { nearestWord } from './nearest-word.ts';
import type { Parsed, ValueParser } from './value-parser.ts';
import type { ValueSchema } from './value-schema.ts';

export type GateName = keyof Gates;
type GateLimit = Gates[GateName];

const GATE_NAMES = z.keyof(gatesSchema).options;

/** `dispatchLagMsP99` as it is typed and printed: `dispatch-lag-ms-p99`. */
export function gateWord(name: GateName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** One limit, or both as `degraded/invalid`. */
export function printLimit(limit: GateLimit): string {
  return typeof limit === 'number' ? String(limit) : `${limit.degraded}/${limit.invalid}`;
}

/** The gates that are not as they come, in the order of the list. */
export function changedGates(gates: Gates): readonly GateName[] {
  return GATE_NAMES.filter((name) => printLimit(gates[name]) !== printLimit(GATE_DEFAULTS[name]));
}

/** `name=limit` or `name=degraded/invalid`, repeatable; gates that are not named stay as they are. */
export function gateLimits(): ValueParser<Gates> {
  return {
    placeholder: 'name=limit',
    expected: `name=limit, or name=degraded/invalid where there are two: ${GATE_NAMES.map((name) => `${gateWord(name)}=${printLimit(GATE_DEFAULTS[name])}`).join(', ')}`,
    schema: {
      anyOf: [
        {
          type: 'object',
          properties: Object.fromEntries(
            GATE_NAMES.map((name) => [gateWord(name), gateSchema(name)]),
          ),
          additionalProperties: false,
        },
        { type: 'array', items: { type: 'string' } },
      ],
    },
    parse(texts) {
      let gates = GATE_DEFAULTS;
      for (const text of texts) {
        const parsed = parseGate(text.trim(), gates);
        if (!parsed.ok) return parsed;
        const { value } = parsed;
        const again = changedGates(gates).find(
          (name) => printLimit(gates[name]) !== printLimit(value[name]),
        );
        if (again !== undefined) {
          return {
            ok: false,
            problem: `gives ${gateWord(again)} twice, as ${printLimit(gates[again])} and as ${printLimit(value[again])}`,
            remedy: 'give it once',
          };
        }
        gates = value;
      }
      return { ok: true, value: gates };
    },
    print(gates) {
      const pairs = changedGates(gates).map(
        (name) => `${gateWord(name)}=${printLimit(gates[name])}`,
      );
      return pairs.length === 0 ? 'none' : pairs.join(' ');
    },
  };
}

function gateSchema(name: GateName): ValueSchema {
  return typeof GATE_DEFAULTS[name] === 'number'
    ? { type: 'number', minimum: 0 }
    : { type: 'string', pattern: String.raw`^\d+(\.\d+)?/\d+(\.\d+)?$` };
}

function parseGate(text: string, gates: Gates): Parsed<Gates> {
  if (text === '') return { ok: false, problem: 'is empty' };
  const at = text.indexOf('=');
  if (at < 1) return { ok: false, problem: 'is not name=limit' };
  const typed = text.slice(0, at).trim();
  // Kebab as it is printed, snake or camel as it stands in code and JSON: all mean the same.
  const word = typed
    .replaceAll('_', '-')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase();
  const name = GATE_NAMES.find((candidate) => gateWord(candidate) === word);
  if (name === undefined) {
    const suggestion = nearestWord(word, GATE_NAMES.map(gateWord));
    const meant = suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
    return { ok: false, problem: `names no gate${meant}` };
  }
  const limit = parseLimit(text.slice(at + 1).trim(), GATE_DEFAULTS[name], gateWord(name));
  if (!limit.ok) return limit;
  const checked = gatesSchema.safeParse({ ...gates, [name]: limit.value });
  if (checked.success) return { ok: true, value: checked.data };
  const [issue] = checked.error.issues;
  return { ok: false, problem: `has a limit that cannot be one (${issue?.message ?? 'unknown'})` };
}

function parseLimit(text: string, like: GateLimit, word: string): Parsed<GateLimit> {
  const numbers = text.split('/').map((part) => part.trim());
  if (numbers.some((part) => !/^\d+(\.\d+)?$/.test(part))) {
    return {
      ok: false,
      problem: 'has a limit that is not a number',
      remedy: `give numbers alone, shares between 0 and 1: ${word}=${printLimit(like)}`,
    };
  }
  const [first = 0, second] = numbers.map(Number);
  if (typeof like === 'number') {
    if (numbers.length === 1) return { ok: true, value: first };
    return {
      ok: false,
      problem: 'has more limits than one',
      remedy: `give one: ${word}=${printLimit(like)}`,
    };
  }
  if (second === undefined || numbers.length > 2) {
    return {
      ok: false,
      problem: 'needs two limits',
      remedy: `give degraded/invalid: ${word}=${printLimit(like)}`,
    };
  }
  if (first > second) {
    return {
      ok: false,
      problem: `is invalid at ${second} before it is degraded at ${first}`,
      remedy: 'give the smaller one first',
    };
  }
  return { ok: true, value: { degraded: first, invalid: second } };
}
