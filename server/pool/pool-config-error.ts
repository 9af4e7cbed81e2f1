export interface PoolConfigProblem {
  readonly field: string;
  readonly value: unknown;
  readonly message: string;
}

/** A pool cannot be built from these numbers. Names every field with its value; never a password's. */
export class PoolConfigError extends Error {
  override readonly name = 'PoolConfigError';
  readonly problems: readonly PoolConfigProblem[];

  constructor(problems: readonly PoolConfigProblem[]) {
    super(`Not a pool: ${problems.map(sentence).join('; ')}`);
    this.problems = problems;
  }
}

function sentence({ field, value, message }: PoolConfigProblem): string {
  return field === 'password' ? `${field}: ${message}` : `${field} = ${shown(value)}: ${message}`;
}

function shown(value: unknown): string {
  // JSON would make null of NaN.
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
