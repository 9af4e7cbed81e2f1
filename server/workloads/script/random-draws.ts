import { ScriptError } from './script-error.ts';

/** Numbers in [0, 1). */
type Random = () => number;

const WORD = 2 ** 32;
const UPPER_BITS = 2 ** 21;
const MANTISSA = 2 ** 53;

export interface Range {
  readonly from: bigint;
  /** Itself in the range. */
  readonly to: bigint;
}

/** How many integers are in it. */
function extentOf({ from, to }: Range): bigint {
  if (from > to) throw new ScriptError('empty range given to random');
  const extent = to - from + 1n;
  if (extent > 2n ** 63n) throw new ScriptError('random range is too large');
  return extent;
}

/** With all 53 bits of a double: the generator itself has 32, too few for the tail of a distribution. */
function unit(random: Random): number {
  const upper = Math.floor(random() * UPPER_BITS);
  return (upper * WORD + Math.floor(random() * WORD)) / MANTISSA;
}

const WORD_BITS = 32n;
const word = (random: Random): number => Math.floor(random() * WORD);

export function drawUniform(range: Range, random: Random): bigint {
  const extent = extentOf(range);
  if (extent <= WORD) return range.from + BigInt(Math.floor(random() * Number(extent)));
  const bits = extent.toString(2).length;
  for (;;) {
    const words = (BigInt(word(random)) << WORD_BITS) | BigInt(word(random));
    // Half of them at least are in the range; what lies beyond would come too often if it were folded back.
    const drawn = BigInt.asUintN(bits, words);
    if (drawn < extent) return range.from + drawn;
  }
}

/** @throws ScriptError unless the parameter is above 0 */
export function drawExponential(range: Range, parameter: number, random: Random): bigint {
  const extent = extentOf(range);
  if (!(parameter > 0)) {
    throw new ScriptError(`exponential parameter must be greater than zero, and is ${parameter}`);
  }
  const cut = Math.exp(-parameter);
  // In (0, 1], so that its logarithm is finite.
  const uniform = 1 - unit(random);
  return range.from + scaled(extent, -Math.log(cut + (1 - cut) * uniform) / parameter);
}

const GAUSSIAN_PARAMETER_MIN = 2;

/** The middle 2 × `parameter` standard deviations of a normal distribution, by Box and Muller. */
export function drawGaussian(range: Range, parameter: number, random: Random): bigint {
  const extent = extentOf(range);
  if (!(parameter >= GAUSSIAN_PARAMETER_MIN)) {
    throw new ScriptError(
      `gaussian parameter must be at least ${GAUSSIAN_PARAMETER_MIN}, and is ${parameter}`,
    );
  }
  let deviation: number;
  do {
    const radius = Math.sqrt(-2 * Math.log(1 - unit(random)));
    deviation = radius * Math.sin(2 * Math.PI * unit(random));
  } while (deviation < -parameter || deviation >= parameter);
  return range.from + scaled(extent, (deviation + parameter) / (parameter * 2));
}

const ZIPFIAN_PARAMETER_MIN = 1.001;
const ZIPFIAN_PARAMETER_MAX = 1_000;

/** By rejection: Devroye, Non-Uniform Random Variate Generation, 1986, p. 551, as pgbench has it. */
export function drawZipfian(range: Range, parameter: number, random: Random): bigint {
  const extent = extentOf(range);
  if (!(parameter >= ZIPFIAN_PARAMETER_MIN && parameter <= ZIPFIAN_PARAMETER_MAX)) {
    throw new ScriptError(
      `zipfian parameter must be from ${ZIPFIAN_PARAMETER_MIN} to ${ZIPFIAN_PARAMETER_MAX}, and is ${parameter}`,
    );
  }
  if (extent === 1n) return range.from;
  const size = Number(extent);
  const b = 2 ** (parameter - 1);
  for (;;) {
    const u = unit(random);
    const v = unit(random);
    const x = Math.floor(u ** (-1 / (parameter - 1)));
    const t = (1 + 1 / x) ** (parameter - 1);
    if ((v * x * (t - 1)) / (b - 1) <= t / b && x <= size) return range.from - 1n + BigInt(x);
  }
}

/** ⌊extent × share⌋ for a share in [0, 1]; a share that was rounded up to 1 is the last of them. */
function scaled(extent: bigint, share: number): bigint {
  const at =
    extent <= MANTISSA
      ? BigInt(Math.floor(Number(extent) * share))
      : (extent * BigInt(Math.floor(share * MANTISSA))) / BigInt(MANTISSA);
  return at < extent ? at : extent - 1n;
}
