/** The index whose share of the weights `draw` in [0, 1) falls into. */
export function chooseByWeight(weights: readonly number[], draw: number): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let left = draw * sum;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
