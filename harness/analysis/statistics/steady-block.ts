/** One whole second of the window. */
export interface SteadySecond {
  readonly second: number;
  /** Requests that became due, dropped ones included. */
  readonly arrived: number;
  /** Never sent because of the generator's cap, or given up by clients whose patience was over. */
  readonly givenUp: number;
  /** Right answers. */
  readonly ok: number;
  readonly inFlightMean: number;
  /** Of the answers; `null` without any. */
  readonly latencyMsMean: number | null;
}

/** Neighbouring seconds, judged as one. */
export interface SteadyBlock {
  readonly firstSecond: number;
  readonly seconds: number;
  readonly arrived: number;
  readonly givenUp: number;
  readonly okPerSecond: number;
  readonly inFlightMean: number;
  /** A block without an answer takes the latency of the one before; its throughput tells. */
  readonly latencyMsMean: number;
}

/** More tell no more, and every pair of them is compared, for every window. */
const BLOCKS_MAX = 60;

/** Up to a minute a block is a second; a longer run has 60 equal ones but the first, which is shorter. */
export function blocksOf(seconds: readonly SteadySecond[]): readonly SteadyBlock[] {
  const length = Math.ceil(seconds.length / BLOCKS_MAX);
  const blocks: SteadyBlock[] = [];
  let latencyMs = seconds.find(({ latencyMsMean }) => latencyMsMean !== null)?.latencyMsMean ?? 0;
  let from = 0;
  let to = seconds.length - length * Math.max(0, Math.ceil(seconds.length / length) - 1);
  while (from < seconds.length) {
    const part = seconds.slice(from, to);
    const known = part.flatMap(({ latencyMsMean }) => latencyMsMean ?? []);
    if (known.length > 0) latencyMs = sum(known) / known.length;
    blocks.push({
      firstSecond: part[0]?.second ?? 0,
      seconds: part.length,
      arrived: sum(part.map(({ arrived }) => arrived)),
      givenUp: sum(part.map(({ givenUp }) => givenUp)),
      okPerSecond: sum(part.map(({ ok }) => ok)) / part.length,
      inFlightMean: sum(part.map(({ inFlightMean }) => inFlightMean)) / part.length,
      latencyMsMean: latencyMs,
    });
    from = to;
    to += length;
  }
  return blocks;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
