import { REQUEST_LIMITS } from '../request-mix.ts';
import { headerNameProblem, isHeaderValue, isSecretHeader } from './header-rules.ts';
import { type Field, type FileProblems, fieldOf, refuse, textOf } from './node-fields.ts';
import { type PlacedText, placed } from './placed-text.ts';

/** Header values by names in lower case; `null` where one cannot be used. */
export function headersOf(
  field: Field | undefined,
  problems: FileProblems,
): readonly (PlacedText & { readonly name: string })[] | null {
  if (field === undefined) return [];
  const { node } = field;
  const remedy = 'give a map of names and values, { accept: text/html }';
  if (node.kind !== 'map' || node.entries.length > REQUEST_LIMITS.headersMax) {
    refuse(field, { value: `a ${node.kind}`, problem: 'is no map of headers', remedy }, problems);
    return null;
  }
  const found = new Map<string, PlacedText & { readonly name: string }>();
  let sound = true;
  for (const { key, value } of node.entries) {
    const given = key.kind === 'text' ? key.text : `a ${key.kind}`;
    const name = given.toLowerCase();
    const wrong =
      key.kind === 'text' ? headerNameProblem(name) : { problem: 'is no name of a header', remedy };
    const twice = found.has(name) ? { problem: 'is given twice', remedy: 'give it once' } : null;
    const problem = wrong ?? twice;
    const header = fieldOf(`${field.name}.${name}`, key, value);
    if (problem !== null) {
      refuse({ at: key.at, name: field.name }, { value: given, ...problem }, problems);
      sound = false;
      continue;
    }
    const text = textOf(header, 'a text', problems);
    if (text === null) {
      sound = false;
    } else if (isHeaderValue(text)) {
      found.set(name, { ...placed('header', header, text, problems), name });
    } else {
      const cannot = 'has characters that no header can carry';
      const ascii = 'give printable ASCII characters in one line';
      const shown = isSecretHeader(name) ? '…' : text;
      refuse(header, { value: shown, problem: cannot, remedy: ascii }, problems);
      sound = false;
    }
  }
  return sound ? [...found.values()] : null;
}
