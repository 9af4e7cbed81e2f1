import { DCLinter } from 'dclint';

/**
 * What Docker Compose Linter says of a Compose file, a line each; nothing where all is well. Before its
 * own rules, of which none is off, it holds the file to the JSON schema of the Compose specification. The
 * only importer of dclint.
 */
export function lintComposeFile(path: string): readonly string[] {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  return linter
    .lintFiles([path], false)
    .flatMap(({ messages }) => messages.map((it) => `${it.line}: ${it.rule}: ${it.message}`));
}
