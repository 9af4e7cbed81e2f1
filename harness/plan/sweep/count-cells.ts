type Values = readonly unknown[];

/** How many cells there are, without making them: what a bound is checked with. */
export function countCells(axes: {
  readonly workload: Values;
  readonly load: Values;
  readonly dbRttMs: Values;
  readonly maxConnections: Values;
  readonly poolKind: readonly string[];
  readonly maxOverflow: Values;
  readonly workers: Values;
  readonly poolSize: Values;
}): number {
  const { workload, load, dbRttMs, maxConnections, poolKind, maxOverflow, workers, poolSize } =
    axes;
  const situations = workload.length * load.length * dbRttMs.length;
  const pooled = poolKind.filter((kind) => kind !== 'null').length;
  const shapes = pooled * maxOverflow.length * poolSize.length + (poolKind.length - pooled);
  return situations * maxConnections.length * workers.length * shapes;
}
