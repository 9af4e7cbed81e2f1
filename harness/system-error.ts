/** `ENOENT`, `53300` …: the `code` of what was thrown, when it carries one. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A sentence about whatever was thrown; never empty, never `undefined`. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(describeError).join('; ');
  }
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  return `something that is not an error was thrown: ${String(error)}`;
}
