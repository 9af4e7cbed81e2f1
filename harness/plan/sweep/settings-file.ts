import { nearestWord } from '../nearest-word.ts';
import type { FileTexts, Option, OptionTable, Problem } from '../option-table.ts';
import { type Field, type FileProblems, fieldOf } from '../requests/node-fields.ts';
import type { ReadData } from '../requests/requests-asked.ts';
import {
  REQUEST_KEYS,
  type RequestKey,
  type RequestsOfFile,
  requestsOfFile,
} from '../requests/requests-of-file.ts';
import { bracesIn, quotedInstead } from '../requests/unquoted-braces.ts';
import { readYaml, type YamlNode, type YamlPosition } from './yaml-document.ts';

/** A file with settings, as it was read. */
export interface SettingsFile {
  /** As it is named in messages, e.g. `pool-lab.yaml`. */
  readonly name: string;
  readonly text: string;
  /** What its `data` names; without it there is no file to be read. */
  readonly readData?: ReadData;
}

/** What a file of settings says. */
export interface FileSettings {
  readonly texts: FileTexts;
  readonly requests: RequestsOfFile | null;
  readonly problems: readonly Problem[];
}

/** Longer than any file of settings; keeps what reading it can cost below half a second. */
export const SETTINGS_BYTES_MAX = 65_536;
/** What else is wrong in such a file shows when these are mended. */
const PROBLEMS_MAX = 20;

/**
 * The settings of a file, each with its line and column as its source. Keys are flags without dashes;
 * what may be a list or a map is what the option's schema says. Beside them may stand what no flag could say:
 * requests, and the data for them.
 *
 * @param options `table` may stand in a file; `elsewhere` are options of the command that may not
 */
export function readSettingsFile(
  file: SettingsFile,
  options: { readonly table: OptionTable; readonly elsewhere: OptionTable },
): FileSettings {
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
    return { texts, requests: null, problems };
  }
  const document = readYaml(file.text);
  if (!document.ok) {
    const lines = file.text.split('\n');
    const { at, ...rest } = document.problem;
    const line = lines[at.line - 1]?.trim() ?? '';
    const braces = /\{+\w+\}+/.exec(line)?.[0];
    const quotes = `put quotes around a text with braces: "${braces}"`;
    refuse(at, line, braces === undefined ? rest : { ...rest, remedy: quotes });
    return { texts, requests: null, problems };
  }
  const { root } = document;
  if (root?.kind !== 'map' || root.entries.length === 0) {
    refuse(root?.at ?? { line: 1, column: 1 }, root?.kind === 'text' ? root.text : '', {
      problem: root === null || root.kind === 'map' ? 'has no settings' : 'is no map of settings',
      remedy: 'write lines such as pool-size: [1, 2, 4]; pool-lab init --stdout prints an example',
    });
    return { texts, requests: null, problems };
  }
  const seen = new Set<string>();
  const requestFields = new Map<RequestKey, Field>();
  const ofRequests: FileProblems = {
    placeOf: (at) => placeOf(file, at),
    add: (problem) => {
      if (problems.length < PROBLEMS_MAX) problems.push(problem);
    },
  };
  for (const { key, value } of root.entries) {
    if (problems.length === PROBLEMS_MAX) break;
    const name = key.kind === 'text' ? key.text : `a ${key.kind}`;
    const found = Object.entries(options.table).find(([, { flag }]) => flag === name);
    const ofRequest = REQUEST_KEYS.find((it) => it === name);
    if (ofRequest !== undefined && !seen.has(name)) {
      seen.add(name);
      requestFields.set(ofRequest, fieldOf(ofRequest, key, value));
      continue;
    }
    if ((found === undefined && ofRequest === undefined) || key.kind !== 'text') {
      refuse(key.at, name, unknownKey(name, options));
      continue;
    }
    if (found === undefined || seen.has(name)) {
      refuse(key.at, name, { problem: 'is given twice', remedy: 'give each setting once' });
      continue;
    }
    const [optionName, option] = found;
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
        source: placeOf(file, read.at ?? at),
        ...rest,
      });
    }
  }
  return { texts, requests: requestsOfFile(requestFields, ofRequests), problems };
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
  const suggestion = nearestWord(word, [...flags, ...REQUEST_KEYS]);
  return {
    problem: `is not a setting${suggestion === null ? '' : ` (did you mean ${suggestion}?)`}`,
    remedy:
      'keys are the flags of pool-lab sweep without dashes; pool-lab init --stdout lists them',
  };
}

type Read =
  | { readonly ok: true; readonly texts: readonly string[] }
  | {
      readonly ok: false;
      /** Where it is another place than that of the whole value. */
      readonly at?: YamlPosition;
      readonly problem: Pick<Problem, 'value' | 'problem' | 'remedy'>;
    };

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
        const braces = bracesIn(item);
        if (braces !== null) return unquoted(braces, item);
        if (item.kind !== 'text') return wrongKind('a list', 'takes plain values in it', option);
        items.push(item.text);
      }
      return { ok: true, texts: option.repeatable ? items : [items.join(',')] };
    }
    case 'map': {
      const whole = accepts('object') ? null : bracesIn(node);
      if (whole !== null) return unquoted(whole, node);
      if (!accepts('object')) return wrongKind('a map', 'has no keys of its own', option);
      const pairs: string[] = [];
      for (const { key, value } of node.entries) {
        const inner = bracesIn(value);
        if (inner !== null) return unquoted(inner, value);
        if (key.kind !== 'text' || value.kind !== 'text') {
          return wrongKind('a map', 'takes a plain value for each name', option);
        }
        pairs.push(`${key.text}=${value.text}`);
      }
      return { ok: true, texts: pairs };
    }
  }
}

function unquoted(braces: string, { at }: YamlNode): Read {
  return { ok: false, at, problem: { value: braces, ...quotedInstead(braces) } };
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
