/** Terms shrink geometrically; at 95 % utilisation some hundreds are needed. */
const TERMS_MAX = 20_000;
const NEGLIGIBLE = 1e-12;

/**
 * Mean wait in an M/D/c queue: Poisson arrivals, c slots, a constant hold, first come first served.
 * Crommelin's formula ("Delay probability formulae when the holding times are constant", Post Office
 * Electrical Engineers Journal 25, 1932), with a = λ·hold:
 *
 *   W = hold · Σ_{i≥1} [ P(N_i ≥ ic) − (c/a) · P(N_i > ic) ],  N_i Poisson with mean i·a
 *
 * For one slot it is ρ·hold/(2(1 − ρ)), the formula of Pollaczek and Khinchine.
 *
 * @returns in ms
 */
export function meanWaitMs(queue: {
  readonly perSecond: number;
  readonly slots: number;
  readonly holdMs: number;
}): number {
  const { perSecond, slots, holdMs } = queue;
  const offered = (perSecond * holdMs) / 1_000;
  if (offered >= slots) throw new RangeError('more arrives than is served: there is no mean wait');
  let sum = 0;
  for (let i = 1; i <= TERMS_MAX; i += 1) {
    const atLeast = poissonTail(i * offered, i * slots);
    const more = atLeast - poissonProbability(i * offered, i * slots);
    const term = atLeast - (slots / offered) * more;
    sum += term;
    if (term < NEGLIGIBLE) return holdMs * sum;
  }
  throw new RangeError('too near to saturation for this sum');
}

/** P(N ≥ k) of a Poisson variable, for k above its mean, where the terms only fall. */
function poissonTail(mean: number, k: number): number {
  let term = poissonProbability(mean, k);
  let sum = 0;
  for (let j = k; term > NEGLIGIBLE * 1e-6; j += 1) {
    sum += term;
    term *= mean / (j + 1);
  }
  return sum;
}

function poissonProbability(mean: number, k: number): number {
  return Math.exp(k * Math.log(mean) - mean - logFactorial(k));
}

function logFactorial(k: number): number {
  if (k < 20) {
    let product = 1;
    for (let j = 2; j <= k; j += 1) product *= j;
    return Math.log(product);
  }
  // Stirling's series; its error at 20 is below 1e-12.
  return (
    k * Math.log(k) -
    k +
    Math.log(2 * Math.PI * k) / 2 +
    1 / (12 * k) -
    1 / (360 * k ** 3) +
    1 / (1_260 * k ** 5)
  );
}
