/** A place in a file, both from 1; columns count characters. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** Something in a script that cannot be run, and what to do about it. */
export interface ScriptProblem {
  readonly at: SourcePlace;
  readonly problem: string;
  readonly remedy: string;
}

/** Thrown where reading stops; whoever compiles makes a `ScriptProblem` of it. */
export class ScriptSyntaxError extends Error {
  override readonly name = 'ScriptSyntaxError';
  /** Where in the text, from 0. */
  readonly offset: number;
  readonly remedy: string;

  constructor(offset: number, problem: string, remedy: string) {
    super(problem);
    this.offset = offset;
    this.remedy = remedy;
  }
}

/** @param offset in UTF-16 units, as texts are indexed */
export function placeOf(text: string, offset: number): SourcePlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    // Characters, as PostgreSQL and editors count them.
    column: [...before.slice(lineStart)].length + 1,
  };
}
