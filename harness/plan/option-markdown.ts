import type { OptionTable } from './option-table.ts';

/** The table as Markdown, one row an option, for the README. */
export function optionMarkdown(table: OptionTable): string {
  const rows = Object.values(table).map(
    ({ flag, env, parser, defaultValue, description, repeatable }) => [
      code(parser.placeholder === null ? `--${flag}` : `--${flag} <${parser.placeholder}>`),
      env === null ? '' : code(env),
      code(parser.print(defaultValue)),
      `${description}${repeatable ? ' (repeatable)' : ''}`,
    ],
  );
  return [['Flag', 'Variable', 'Default', 'Meaning'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

const code = (text: string): string => `\`${text}\``;
