import { Document, parseDocument, visit } from 'yaml';

/** What YAML can say, as plain data. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** An entry of a map that is written as a comment before it. */
export const COMMENT_KEY = '#';

const LINE_WIDTH = 100;
/** Texts longer than this begin on a line of their own. */
const FOLDED_FROM = 70;

/**
 * YAML 1.2 to be read by people: texts of several lines as block scalars, long ones folded, no anchors.
 *
 * @param header lines of the comment it begins with
 */
export function yamlText(value: YamlValue, header: readonly string[]): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Map(_key, map) {
      const comment = map.get(COMMENT_KEY);
      if (typeof comment !== 'string') return;
      map.delete(COMMENT_KEY);
      map.commentBefore = commented(wrapped(comment));
    },
    Scalar(key, scalar) {
      if (key === 'key' || typeof scalar.value !== 'string') return;
      if (scalar.value.includes('\n')) scalar.type = 'BLOCK_LITERAL';
      else if (scalar.value.length > FOLDED_FROM) scalar.type = 'BLOCK_FOLDED';
    },
  });
  const text = document.toString({ lineWidth: LINE_WIDTH, commentString: (lines) => lines });
  return `${commented(header)}\n${text}`;
}

/**
 * The content of a YAML document; throws an `Error` with the place where it is none, or where a key comes
 * twice. With the harness' reader of settings, which keeps places and guesses no types, the only importer
 * of `yaml`.
 */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text, { version: '1.2', strict: true, logLevel: 'error' });
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) throw first;
  const content: unknown = document.toJS();
  return content;
}

function commented(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}`.trimEnd()).join('\n');
}

/** A text in lines of at most `LINE_WIDTH`, as far as its words are not longer. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= LINE_WIDTH - 10) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
