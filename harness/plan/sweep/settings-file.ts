import { nearestWord } from '../nearest-word.ts';
import type { FileTexts, Option, OptionTable, Problem } from '../option-table.ts';
import { readYaml, type YamlNode, type YamlPosition } from './yaml-document.ts';

/** A file with settings, as it was read. */
export interface SettingsFile {
  /** As it is named in messages, e.g. `pool-lab.yaml`. */
  readonly name: string;
  readonly text: string;
}

/** Longer than any file of settings; keeps what reading it can cost below half a second. */
export const SETTINGS_BYTES_MAX = 65_536;
/** What else is wrong in such a file shows when these are mended. */
const PROBLEMS_MAX = 20;

/**
 * The settings of a file, each with its line and column as its source. Keys are flags without dashes;
 * what may be a list or a map is what the option's schema says.
 *
 * @param options `table` may stand in a file; `elsewhere` are options of the command that may not
 */
export function readSettingsFile(
  file: SettingsFile,
  options: { readonly table: OptionTable; readonly elsewhere: OptionTable },
): { readonly texts: FileTexts; readonly problems: readonly Problem[] } {
  const texts = new Map<string, { texts: readonly string[]; source: string }>();
  const problems: Problem[] = [];
  const refuse = (at: YamlPosition, value: string, rest: Pick<Problem, 'problem' | 'remedy'>) => {
    problems.push({ field: file.name, value, source: placeOf(file, at), ...rest });
  };
  // Characters, of which there are at most as many as bytes: whoever reads files counts those.
  if (file.text.length > SETTINGS_BYTES_MAX) {
    refuse({ line: 1, column: 1 }, file.text.slice(0, 20), {
      problem: `has more than ${SETTINGS_BYTES_MAX} characters`,
      remedy: 'name a file of settings; pool-lab init --stdout prints one',
    });
    return { texts, problems };
  }
  const document = readYaml(file.text);
  if (!document.ok) {
    const lines = file.text.split('\n');
    const { at, ...rest } = document.problem;
    refuse(at, lines[at.line - 1]?.trim() ?? '', rest);
    return { texts, problems };
  }
  const { root } = document;
  if (root?.kind !== 'map' || root.entries.length === 0) {
    refuse(root?.at ?? { line: 1, column: 1 }, root?.kind === 'text' ? root.text : '', {
      problem: root === null || root.kind === 'map' ? 'has no settings' : 'is no map of settings',
      remedy: 'write lines such as pool-size: [1, 2, 4]; pool-lab init --stdout prints an example',
    });
    return { texts, problems };
  }
  const seen = new Set<string>();
  for (const { key, value } of root.entries) {
    if (problems.length === PROBLEMS_MAX) break;
    const name = key.kind === 'text' ? key.text : `a ${key.kind}`;
    const found = Object.entries(options.table).find(([, { flag }]) => flag === name);
    if (found === undefined || key.kind !== 'text') {
      refuse(key.at, name, unknownKey(name, options));
      continue;
    }
    const [optionName, option] = found;
    if (seen.has(name)) {
      refuse(key.at, name, { problem: 'is given twice', remedy: 'give each setting once' });
      continue;
    }
    seen.add(name);
    const read = textsOf(value, option);
    const at = value.kind === 'text' && value.text === '' ? key.at : value.at;
    if (read.ok) {
      texts.set(optionName, { texts: read.texts, source: placeOf(file, at) });
    } else {
      const { value: shown, ...rest } = read.problem;
      problems.push({
        field: `--${option.flag}`,
        value: shown,
        source: placeOf(file, at),
        ...rest,
      });
    }
  }
  return { texts, problems };
}

const placeOf = ({ name }: SettingsFile, { line, column }: YamlPosition): string =>
  `${name}:${line}:${column}`;

function unknownKey(
  name: string,
  { table, elsewhere }: { readonly table: OptionTable; readonly elsewhere: OptionTable },
): Pick<Problem, 'problem' | 'remedy'> {
  if (Object.values(elsewhere).some(({ flag }) => flag === name)) {
    return { problem: 'does not belong into a file', remedy: `give --${name} to the command` };
  }
  const word = name
    .replace(/^-+/, '')
    .replaceAll('_', '-')
    .replace(/([a-z])([A-Z])/g, '$1-$2');
  const flags = Object.values(table).map(({ flag }) => flag);
  const suggestion = nearestWord(word, flags);
  return {
    problem: `is not a setting${suggestion === null ? '' : ` (did you mean ${suggestion}?)`}`,
    remedy:
      'keys are the flags of pool-lab sweep without dashes; pool-lab init --stdout lists them',
  };
}

type Read =
  | { readonly ok: true; readonly texts: readonly string[] }
  | { readonly ok: false; readonly problem: Pick<Problem, 'value' | 'problem' | 'remedy'> };

function textsOf(node: YamlNode, option: Option<unknown>): Read {
  const accepts = (type: 'array' | 'object'): boolean =>
    (option.parser.schema?.anyOf ?? []).some((schema) => schema.type === type);
  switch (node.kind) {
    case 'text':
      return { ok: true, texts: [node.text] };
    case 'refused':
      return {
        ok: false,
        problem: { value: node.text, problem: node.problem, remedy: node.remedy },
      };
    case 'list': {
      if (!accepts('array')) return wrongKind('a list', 'takes one value', option);
      const items: string[] = [];
      for (const item of node.items) {
        if (item.kind === 'refused') return textsOf(item, option);
        if (item.kind !== 'text') return wrongKind('a list', 'takes plain values in it', option);
        items.push(item.text);
      }
      return { ok: true, texts: option.repeatable ? items : [items.join(',')] };
    }
    case 'map': {
      if (!accepts('object')) return wrongKind('a map', 'has no keys of its own', option);
      const pairs: string[] = [];
      for (const { key, value } of node.entries) {
        if (key.kind !== 'text' || value.kind !== 'text') {
          return wrongKind('a map', 'takes a plain value for each name', option);
        }
        pairs.push(`${key.text}=${value.text}`);
      }
      return { ok: true, texts: pairs };
    }
  }
}

function wrongKind(found: string, but: string, { parser }: Option<unknown>): Read {
  return {
    ok: false,
    problem: {
      value: found,
      problem: `cannot be used: the setting ${but}`,
      remedy: `give ${parser.expected}`,
    },
  };
}
