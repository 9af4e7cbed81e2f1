import { Document, parseDocument } from 'yaml';

/** What YAML can say, as plain data. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/**
 * YAML 1.2 to be read by people: texts of several lines as block scalars, nothing folded, no anchors.
 *
 * @param header lines of the comment it begins with
 */
export function yamlText(value: YamlValue, header: readonly string[]): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  const comment = header.map((line) => `# ${line}`.trimEnd()).join('\n');
  return `${comment}\n${document.toString({ lineWidth: 0, indentSeq: true })}`;
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
