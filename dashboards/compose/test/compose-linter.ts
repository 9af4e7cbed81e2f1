import { DCLinter } from 'dclint';

/** What is used of it: its own declarations import without extensions, so that Node's rules find none. */
interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly line: number;
}

/** Errors are 2. The formatter of this project writes double quotes in YAML. */
const RULES = { 'require-quotes-in-ports': [2, { quoteType: 'double' }] };

/**
 * What Docker Compose Linter says of a Compose file, a line each; nothing where all is well. Before its
 * own rules, of which none is off, it holds the file to the JSON schema of the Compose specification. The
 * only importer of dclint.
 */
export function lintComposeFile(path: string): readonly string[] {
  const linter = new DCLinter({ rules: RULES, quiet: true, debug: false, exclude: [] });
  const results: readonly { readonly messages: readonly Finding[] }[] = linter.lintFiles(
    [path],
    false,
  );
  return results.flatMap(({ messages }) =>
    messages.map(({ line, rule, message }) => `${line}: ${rule}: ${message}`),
  );
}
