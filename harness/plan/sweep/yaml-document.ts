import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml';

/** Line and column, both from 1. */
export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}

/** What a file says, without any type guessed: `no`, `1:30` and `0x10` stay as they are written. */
export type YamlNode = {
  readonly at: YamlPosition;
} /** `plain`: without quotes, so that it may stand for a number. */ & (
  | { readonly kind: 'text'; readonly text: string; readonly plain: boolean }
  | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
  | {
      readonly kind: 'map';
      readonly entries: readonly { readonly key: YamlNode; readonly value: YamlNode }[];
    }
  /** Something that no setting can be. */
  | {
      readonly kind: 'refused';
      readonly text: string;
      readonly problem: string;
      readonly remedy: string;
    }
);

export interface YamlProblem {
  readonly at: YamlPosition;
  readonly problem: string;
  readonly remedy: string;
}

const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with blanks',
  MULTIPLE_DOCS: 'leave one document, without --- in between',
  RESOURCE_EXHAUSTION: 'nest no deeper than one list or map in a setting',
};
const PROBLEMS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'begins a second document',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
};
const OTHER_REMEDY =
  'indent alike, close brackets, and put quotes around a text that begins with a special character';

/**
 * The document of a YAML 1.2 file, or what is wrong with it. Only importer of `yaml`. The failsafe schema
 * makes no numbers and no booleans of texts: each setting's own parser reads what was written.
 * Keys that come twice are kept, both.
 *
 * @returns `null` for a file without content
 */
export function readYaml(
  text: string,
):
  | { readonly ok: true; readonly root: YamlNode | null }
  | { readonly ok: false; readonly problem: YamlProblem } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'failsafe',
    merge: false,
    // Looked for by whoever reads the settings: here it takes their number squared.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    lineCounter: lines,
    // Anything quieter takes the first of several documents without a word.
    logLevel: 'error',
  });
  const positionOf = (offset: number): YamlPosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // One slip makes many errors that follow from it; the first is the one to mend.
  const [first] = document.errors;
  if (first !== undefined) {
    return { ok: false, problem: problemOf(first, positionOf) };
  }
  const root = document.contents === null ? null : nodeOf(document.contents, positionOf);
  return { ok: true, root };
}

function problemOf(
  { code, message, pos }: YAMLError,
  positionOf: (offset: number) => YamlPosition,
): YamlProblem {
  return {
    at: positionOf(pos[0]),
    problem: PROBLEMS[code] ?? `is not YAML: ${firstLine(message)}`,
    remedy: REMEDIES[code] ?? OTHER_REMEDY,
  };
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;

function nodeOf(node: unknown, positionOf: (offset: number) => YamlPosition): YamlNode {
  if (isAlias(node)) {
    return {
      at: positionOf(node.range?.[0] ?? 0),
      kind: 'refused',
      text: `*${node.source}`,
      problem: 'is an alias of something else',
      remedy: 'write the value out',
    };
  }
  if (isScalar(node)) {
    const at = positionOf(node.range?.[0] ?? 0);
    const text = typeof node.value === 'string' ? node.value : '';
    return node.tag === undefined
      ? { at, kind: 'text', text, plain: node.type === 'PLAIN' }
      : tagged(at, text, node.tag);
  }
  if (isSeq(node)) {
    const at = positionOf(node.range?.[0] ?? 0);
    if (node.tag !== undefined) return tagged(at, 'a list', node.tag);
    return { at, kind: 'list', items: node.items.map((item) => nodeOf(item, positionOf)) };
  }
  if (isMap(node)) {
    const at = positionOf(node.range?.[0] ?? 0);
    if (node.tag !== undefined) return tagged(at, 'a map', node.tag);
    return {
      at,
      kind: 'map',
      entries: node.items.map((pair) => {
        const key = nodeOf(pair.key, positionOf);
        // `? key` alone has no value at all, and no place.
        const value =
          pair.value === null ? { ...EMPTY, at: key.at } : nodeOf(pair.value, positionOf);
        return { key, value };
      }),
    };
  }
  return { ...EMPTY, at: positionOf(0) };
}

const EMPTY = { kind: 'text', text: '', plain: true } as const;

function tagged(at: YamlPosition, text: string, tag: string): YamlNode {
  return {
    at,
    kind: 'refused',
    text,
    problem: `has a tag, ${JSON.stringify(tag)}`,
    remedy: 'leave the tag out: a setting knows its type',
  };
}
