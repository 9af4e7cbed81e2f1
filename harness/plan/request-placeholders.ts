/** `{{column}}`, with or without blanks inside the braces; everybody who looks for one uses this. */
const COLUMN_IN_BRACES = /\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}/g;

/** A text cut at its placeholders: `/items/{{id}}?x=1` is `/items/`, `id`, `?x=1`. */
export type PlaceholderPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'column'; readonly column: string };

export function placeholderParts(text: string): readonly PlaceholderPart[] {
  const parts: PlaceholderPart[] = [];
  let at = 0;
  for (const match of text.matchAll(COLUMN_IN_BRACES)) {
    const [whole, column = ''] = match;
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    parts.push({ kind: 'column', column });
    at = match.index + whole.length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}

/** Each column once, in the order of their first places. */
export function columnsIn(...texts: readonly string[]): readonly string[] {
  const columns = texts.flatMap((text) =>
    placeholderParts(text).flatMap((part) => (part.kind === 'column' ? [part.column] : [])),
  );
  return [...new Set(columns)];
}

/** Whether a column of this name could stand in braces. */
export function isColumnName(text: string): boolean {
  const [only, more] = placeholderParts(`{{${text}}}`);
  return only?.kind === 'column' && only.column === text && more === undefined;
}
