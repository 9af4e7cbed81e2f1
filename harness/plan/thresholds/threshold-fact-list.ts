import { FACT_FAMILIES, type FactFamily, type FactUnit } from './threshold-facts.ts';

/** How a number of that unit is written in a threshold. */
const WRITTEN: Readonly<Record<FactUnit, string>> = {
  ms: '`50ms`, `2s`',
  per_second: '`300/s`',
  count: '`20`',
  share: '`5%`',
  cores: '`1.5`',
};

/**
 * The facts as Markdown, one row a family, for the README.
 *
 * @param families @default a trial's
 */
export function factMarkdown(families: readonly FactFamily[] = FACT_FAMILIES): string {
  const rows = families.map(({ names, unit, description }) => [
    `\`${familyTitle(names)}\``,
    WRITTEN[unit],
    description,
  ]);
  return [['Fact', 'Compared with', 'Meaning'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** The facts for `--help`: their names, by what they are compared with. */
export function factsByUnit(
  families: readonly FactFamily[] = FACT_FAMILIES,
): readonly { readonly written: string; readonly names: string }[] {
  const units = new Map<string, string[]>();
  for (const { names, unit } of families) {
    const written = WRITTEN[unit].replaceAll('`', '');
    units.set(written, [...(units.get(written) ?? []), familyTitle(names)]);
  }
  return [...units].map(([written, titles]) => ({ written, names: titles.join(' ') }));
}

/** Names of a family as a shell would expand them: `cpu.{postgres,api}`. */
export function familyTitle(names: readonly string[]): string {
  const leavesByPrefix = new Map<string, string[]>();
  for (const name of names) {
    const at = name.lastIndexOf('.') + 1;
    const leaves = leavesByPrefix.get(name.slice(0, at)) ?? [];
    leavesByPrefix.set(name.slice(0, at), [...leaves, name.slice(at)]);
  }
  const prefixesByLeaves = new Map<string, string[]>();
  for (const [prefix, leaves] of leavesByPrefix) {
    const tail = braced(leaves);
    prefixesByLeaves.set(tail, [...(prefixesByLeaves.get(tail) ?? []), prefix]);
  }
  return [...prefixesByLeaves]
    .map(([tail, prefixes]) => {
      const dot = prefixes.some((prefix) => prefix !== '') ? '.' : '';
      return `${braced(prefixes.map((prefix) => prefix.slice(0, -1)))}${dot}${tail}`;
    })
    .join(', ');
}

const braced = (words: readonly string[]): string =>
  words.length === 1 ? words.join() : `{${words.join(',')}}`;
