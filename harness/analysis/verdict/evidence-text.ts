import type { Parts } from '../trial-result.ts';

/** The parts of a latency in words, in the order in which a request meets them. */
const PART_WORDS: readonly (readonly [keyof Parts, string])[] = [
  ['lag', 'before it was sent'],
  ['wait', 'waiting for a connection'],
  ['connect', 'connecting'],
  ['db', 'in PostgreSQL'],
  ['loop', "late in the API's event loop"],
  ['rest', 'rest'],
];

/** Other words for a part, where the trial makes another thing of it. */
export type PartWords = Readonly<Partial<Record<keyof Parts, string>>>;

/** A held connection is not a busy one: the code may be elsewhere with it. */
export const HELD_IDLE = { db: 'holding it' } as const satisfies PartWords;

/** What makes other words of a latency's parts. */
export interface PartCircumstances {
  /** Clients that retry: earlier attempts and the pauses after them were no lateness of the generator. */
  readonly retries: boolean;
  /** Where the database is far away, most of its time is the way. */
  readonly afar: boolean;
  /** What a pooler in between does with a request looks like PostgreSQL from here. */
  readonly pooled: boolean;
}

export function partWords({ retries, afar, pooled }: PartCircumstances): PartWords {
  const server = pooled ? 'in PgBouncer and PostgreSQL' : 'in PostgreSQL';
  return {
    db: afar ? `${server} and on the way there` : server,
    ...(retries ? { lag: 'before its last try' } : {}),
  };
}

/**
 * `of 212 ms at p99: 180 ms waiting for a connection, 9 ms connecting, 20 ms in PostgreSQL, 3 ms rest`.
 * The printed parts add up to the printed whole; what rounds to nothing is left out.
 */
export function latencyText(
  {
    at,
    latencyMs,
    partsMs,
  }: { readonly at: string; readonly latencyMs: number; readonly partsMs: Parts },
  otherWords: PartWords = {},
): string {
  const digits = latencyMs >= 20 ? 0 : latencyMs >= 2 ? 1 : 2;
  const units = apportioned(
    PART_WORDS.map(([name]) => partsMs[name] * 10 ** digits),
    Math.round(latencyMs * 10 ** digits),
  );
  const shown = (unit: number): string => `${(unit / 10 ** digits).toFixed(digits)} ms`;
  const parts = PART_WORDS.flatMap(([name, words], index) => {
    const unit = units[index] ?? 0;
    if (unit === 0) return [];
    return [`${shown(unit)} ${otherWords[name] ?? words}`];
  });
  const whole = shown(units.reduce((sum, unit) => sum + unit, 0));
  return `of ${whole} ${at}: ${parts.length === 0 ? 'nothing' : parts.join(', ')}`;
}

/** Whole units that add up to the whole, by the largest remainder. */
function apportioned(values: readonly number[], whole: number): readonly number[] {
  const floors = values.map(Math.floor);
  const missing = whole - floors.reduce((sum, value) => sum + value, 0);
  const byRemainder = values
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder);
  const raised = new Set(byRemainder.slice(0, Math.max(0, missing)).map(({ index }) => index));
  return floors.map((value, index) => (raised.has(index) ? value + 1 : value));
}

/** `83 %`; all but a little is not all. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 99 && percent < 100) return '> 99 %';
  return `${percent > 0 && percent < 1 ? '< 1' : Math.round(percent)} %`;
}

export function secondsText(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
