/** More numbers than that below an axis run into each other. */
const EVEN_TICKS_MAX = 14;
/** Fewer than that do not tell how fast a logarithmic axis grows. */
const LOG_TICKS_MIN = 4;

/** Which of so many steps of equal width are named: all, or every second, third … of them. */
export function evenTicks(steps: number): readonly number[] {
  const every = Math.max(1, Math.ceil(steps / EVEN_TICKS_MAX));
  return Array.from({ length: Math.ceil(steps / every) }, (_, index) => index * every);
}

/** Round numbers of a logarithmic axis, as few decades apart or as close as it takes. */
export function logTicks(low: number, high: number): readonly number[] {
  for (const digits of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]]) {
    const ticks = within(low, high, digits);
    if (ticks.length >= LOG_TICKS_MIN) return ticks;
  }
  return linearTicks(low, high);
}

function within(low: number, high: number, digits: readonly number[]): readonly number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
    ticks.push(...digits.map((digit) => rounded(digit * 10 ** power)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** Where the axis spans less than a doubling its logarithms are as good as even. */
function linearTicks(low: number, high: number): readonly number[] {
  const step = 10 ** Math.floor(Math.log10((high - low) / LOG_TICKS_MIN));
  const every = [1, 2, 5, 10].find((times) => (high - low) / (step * times) <= 2 * LOG_TICKS_MIN);
  const by = step * (every ?? 10);
  const first = Math.ceil(low / by);
  const count = Math.floor(high / by) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => rounded((first + index) * by));
}

/** Without the last bits that make `0.30000000000000004` of `3 × 0.1`. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
