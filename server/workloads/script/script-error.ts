/** An expression of a script that has no value with the numbers of this request, e.g. a division by zero. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}
