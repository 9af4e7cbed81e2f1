/**
 * Quantile of Student's t distribution: with probability `probability` a t variable is not above it.
 *
 * The distribution function of a whole number of degrees of freedom is a finite sum (Abramowitz and
 * Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4), here inverted by bisection: exact
 * to about 12 digits, and no table ends anywhere.
 *
 * @param probability above 0.5 and below 1, e.g. 0.975 for a two-sided 95 % interval
 * @param degreesOfFreedom a positive integer
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0.5 && probability < 1)) {
    throw new RangeError(`probability ${probability} is not between 0.5 and 1`);
  }
  if (!(Number.isInteger(degreesOfFreedom) && degreesOfFreedom >= 1)) {
    throw new RangeError(`degrees of freedom ${degreesOfFreedom} are not a positive integer`);
  }
  const inside = 2 * probability - 1;
  let low = 0;
  let high = Math.PI / 2;
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (probabilityInside(middle, degreesOfFreedom) < inside) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2) * Math.sqrt(degreesOfFreedom);
}

/** Half the width of the two-sided 95 % interval of a mean, in standard errors. */
export function studentT95(degreesOfFreedom: number): number {
  return studentTQuantile(0.975, degreesOfFreedom);
}

/** π/2 halved so often is below the spacing of doubles around it. */
const BISECTIONS = 52;

/** P(|T| ≤ √ν·tan angle), the terms of the sum by their ratio. */
function probabilityInside(angle: number, degreesOfFreedom: number): number {
  const sin = Math.sin(angle);
  const cosSquared = Math.cos(angle) ** 2;
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let power = odd ? 1 : 0; power <= degreesOfFreedom - 2; power += 2) {
    sum += term;
    term *= (cosSquared * (power + 1)) / (power + 2);
  }
  return odd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
}
