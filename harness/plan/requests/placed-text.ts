import type { Field, FileProblems } from './node-fields.ts';

/** A text of a request that may have placeholders, with its place. */
export interface PlacedText {
  readonly kind: 'path' | 'header' | 'body';
  /** As messages call it, e.g. `requests[0].path`. */
  readonly field: string;
  readonly source: string;
  readonly text: string;
}

export function placed(
  kind: PlacedText['kind'],
  { name, at }: Field,
  text: string,
  problems: FileProblems,
): PlacedText {
  return { kind, field: name, source: problems.placeOf(at), text };
}
