import type { ValueParser } from './value-parser.ts';

const MBIT_PER_UNIT: Readonly<Record<string, number>> = { kbit: 0.001, mbit: 1, gbit: 1_000 };
const BANDWIDTH = String.raw`^\d+(\.\d+)?(kbit|mbit|gbit)$`;

/** Bits per second with their unit, in Mbit/s: `10mbit`, `1gbit`. */
export function bandwidth(options: {
  readonly minMbit: number;
  readonly maxMbit: number;
}): ValueParser<number> {
  const { minMbit, maxMbit } = options;
  return {
    placeholder: 'bandwidth',
    expected: `bits per second from ${printBandwidth(minMbit)} to ${printBandwidth(maxMbit)} with their unit: 10mbit, 1gbit`,
    schema: { type: 'string', pattern: BANDWIDTH },
    parse(texts) {
      const text = texts.at(-1)?.trim() ?? '';
      if (text === '') return { ok: false, problem: 'is empty' };
      if (/^\d+(\.\d+)?$/.test(text)) {
        return { ok: false, problem: `has no unit (${text}mbit?)` };
      }
      const match = /^(\d+(?:\.\d+)?)(kbit|mbit|gbit)$/.exec(text);
      const perUnit = MBIT_PER_UNIT[match?.[2] ?? ''];
      if (match === null || perUnit === undefined) return { ok: false, problem: 'is no bandwidth' };
      // Through whole kbit: 0.3 mbit must not become 0.30000000000000004.
      const mbit = Math.round(Number(match[1]) * perUnit * 1_000) / 1_000;
      if (mbit < minMbit) return { ok: false, problem: `is below ${printBandwidth(minMbit)}` };
      if (mbit > maxMbit) return { ok: false, problem: `is above ${printBandwidth(maxMbit)}` };
      return { ok: true, value: mbit };
    },
    print: printBandwidth,
  };
}

/** `10mbit`, `1gbit`, `500kbit`. */
export function printBandwidth(mbit: number): string {
  if (mbit < 1) return `${Math.round(mbit * 1_000)}kbit`;
  return mbit % 1_000 === 0 ? `${mbit / 1_000}gbit` : `${mbit}mbit`;
}
