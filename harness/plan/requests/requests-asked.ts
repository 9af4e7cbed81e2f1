import { dataRows, type PlacedRow } from '../data-rows.ts';
import { type Problem, type RawEnv, SOURCE_DEFAULT } from '../option-table.ts';
import type { RequestPlan, RequestTemplate } from '../request-mix.ts';
import { columnsIn, isColumnName, placeholderParts } from '../request-placeholders.ts';
import { isHeaderValue, isSecretHeader, variableProblem, variablesIn } from './header-rules.ts';
import type { PlacedText } from './placed-text.ts';
import type { PlacedData, RequestsOfFile } from './requests-of-file.ts';

/** The content of a file with data, or why there is none. */
export type DataText =
  | {
      readonly ok: true;
      /** Absolute. */
      readonly path: string;
      readonly text: string;
      readonly sha256: string;
    }
  | { readonly ok: false; readonly problem: string };
/** @param file as it was written beside the requests */
export type ReadData = (file: string) => DataText;

/** Where no file of settings could name any. */
export const noData: ReadData = () => ({ ok: false, problem: 'cannot be read from here' });

export interface RequestsAsked {
  /** `null`: nothing was said; whoever makes the plan knows what is asked then. */
  readonly requests: RequestPlan | null;
  /** Where they stand in a file, where they are such as no flag could say; else `null`. */
  readonly inFile: string | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/**
 * What is asked of a service: the templates of `--request`, else those of the file, with the file's data.
 * Everything is checked that sending them would need: columns, rows, variables of headers.
 */
export function requestsAsked(given: {
  readonly file: RequestsOfFile | null;
  /** Otherwise the lab's own API is measured, whose workload says what a request is. */
  readonly isService: boolean;
  readonly readData: ReadData;
  /** `--request`, from wherever it comes. */
  readonly lines: { readonly templates: readonly RequestTemplate[]; readonly source: string };
  readonly env: RawEnv;
}): RequestsAsked {
  const { file, lines, env } = given;
  if (!given.isService) {
    return { requests: null, inFile: null, problems: ownApiProblems(file), warnings: [] };
  }
  const byLines = lines.source !== SOURCE_DEFAULT && lines.templates.length > 0;
  const placed = file?.templates ?? [];
  const templates = byLines ? lines.templates : placed.map(({ template }) => template);
  const texts = byLines
    ? lines.templates.map((it) => pathOfLine(it, lines.source))
    : placed.flatMap((it) => it.texts);
  const used = columnsIn(...texts.map(({ text }) => text));
  const data = file?.data ?? null;
  // A flag or a variable goes before a file's requests; in one file neither goes before the other.
  const twice = byLines && file?.templates && fileOf(file.source) === fileOf(lines.source);
  const needsFile = (!byLines && placed.length > 0) || used.length > 0;
  const inFile = file !== null && needsFile ? file.source : null;
  const problems = [
    ...(twice ? [twiceProblem(lines.source, file.source)] : []),
    ...texts.flatMap(bracesProblems),
    ...texts.flatMap((text) => variableProblems(text, env)),
  ];
  const warnings = [...secretWarnings(texts), ...texts.flatMap(idleVariableWarnings)];
  if (used.length === 0) {
    return {
      requests: templates.length === 0 ? null : { templates: [...templates], data: null },
      inFile,
      problems,
      warnings:
        data === null || data === 'unusable' ? warnings : [...warnings, unusedWarning(data)],
    };
  }
  if (data === null || data === 'unusable') {
    const missing = data === null ? texts.flatMap(noDataProblems) : [];
    return { requests: null, inFile, problems: [...problems, ...missing], warnings };
  }
  const rows = rowsOf(data, texts, given.readData);
  return {
    requests: rows.ok ? { templates: [...templates], data: rows.data } : null,
    inFile,
    problems: rows.ok ? problems : [...problems, ...rows.problems],
    warnings,
  };
}

/** Of `pool-lab.yaml:4:2` the file. */
const fileOf = (source: string): string => source.replace(/:\d+:\d+$/, '');

function ownApiProblems(file: RequestsOfFile | null): readonly Problem[] {
  if (file === null) return [];
  return [
    {
      field: fileOf(file.source),
      value: '',
      source: file.source,
      problem: "has requests, and what is measured is the lab's own API",
      remedy: 'name a service of yours by command: or --target, or leave them out',
    },
  ];
}

const twiceProblem = (source: string, other: string): Problem => ({
  field: '--request',
  value: '',
  source,
  problem: `stands beside the requests at ${other}`,
  remedy: 'give either request or requests in a file',
});

function rowsOf(
  { file, order, source }: PlacedData,
  texts: readonly PlacedText[],
  readData: ReadData,
):
  | { readonly ok: true; readonly data: NonNullable<RequestPlan['data']> }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const read = readData(file);
  if (!read.ok) {
    const remedy = 'name a CSV or JSON lines file, relative to the file of settings';
    const problem = { field: 'data.file', value: file, source, problem: read.problem, remedy };
    return { ok: false, problems: [problem] };
  }
  const found = dataRows(file, read.text);
  if (!found.ok) {
    const problems = found.problems.map(({ line, problem, remedy }) => ({
      field: file,
      value: '',
      source: `${file}:${line}`,
      problem,
      remedy,
    }));
    return { ok: false, problems };
  }
  const { columns, rows } = found;
  const problems = [
    ...texts.flatMap((text) => unknownColumnProblems(text, columns)),
    ...headerRowProblems(file, texts, rows),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const { path, sha256 } = read;
  return { ok: true, data: { path, sha256, rows: rows.length, columns: [...columns], order } };
}

const pathOfLine = ({ path }: RequestTemplate, source: string): PlacedText => ({
  kind: 'path',
  field: '--request',
  source,
  text: path,
});

/** `{{user id}}` would be sent as it stands. */
function bracesProblems({ field, source, text }: PlacedText): readonly Problem[] {
  const literal = placeholderParts(text).map((part) => (part.kind === 'text' ? part.text : ' '));
  const odd = /\{\{[^{}]*\}\}/.exec(literal.join(''))?.[0];
  if (odd === undefined) return [];
  return [
    {
      field,
      value: odd,
      source,
      problem: 'is no placeholder',
      remedy:
        'name a column of letters, digits, _, - and ., or fill double braces in from a column',
    },
  ];
}

function noDataProblems({ field, source, text }: PlacedText): readonly Problem[] {
  return columnsIn(text).map((column) => ({
    field,
    value: `{{${column}}}`,
    source,
    problem: 'stands for a column, and there is no data',
    remedy: 'add data: { file: users.csv } to the file of settings',
  }));
}

function unknownColumnProblems(
  { field, source, text }: PlacedText,
  columns: readonly string[],
): readonly Problem[] {
  const known = columns.filter(isColumnName);
  return columnsIn(text)
    .filter((column) => !columns.includes(column))
    .map((column) => ({
      field,
      value: `{{${column}}}`,
      source,
      problem: 'is no column of the data',
      remedy:
        known.length === 0
          ? `its columns are ${columns.join(', ')}: name them with letters, digits, _, - and .`
          : `give one of ${known.map((name) => `{{${name}}}`).join(', ')}`,
    }));
}

/** A line end in a header would be a header of its own. */
function headerRowProblems(
  file: string,
  texts: readonly PlacedText[],
  rows: readonly PlacedRow[],
): readonly Problem[] {
  const headers = texts.filter(({ kind }) => kind === 'header').map(({ text }) => text);
  return columnsIn(...headers).flatMap((column) => {
    const row = rows.find(({ values }) => !isHeaderValue(values[column] ?? ''));
    if (row === undefined) return [];
    return [
      {
        field: file,
        value: '',
        source: `${file}:${row.line}`,
        problem: `has a value of ${column} that no header can carry`,
        remedy: 'give printable ASCII characters in one line',
      },
    ];
  });
}

function variableProblems(
  { kind, field, source, text }: PlacedText,
  env: RawEnv,
): readonly Problem[] {
  if (kind !== 'header') return [];
  return variablesIn(text).flatMap((name) => {
    const wrong = variableProblem(name, env[name]);
    return wrong === null ? [] : [{ field, value: `\${${name}}`, source, ...wrong }];
  });
}

/** One is enough to know it. */
function secretWarnings(texts: readonly PlacedText[]): readonly string[] {
  const stored = texts.find(
    ({ kind, field, text }) =>
      kind === 'header' &&
      isSecretHeader(field.split('.').at(-1) ?? '') &&
      variablesIn(text).length === 0 &&
      columnsIn(text).length === 0,
  );
  return stored === undefined
    ? []
    : [
        `${stored.source}: ${stored.field} is kept with the results as it is written; \${NAME} is taken from a variable and kept nowhere`,
      ];
}

function idleVariableWarnings({ kind, field, source, text }: PlacedText): readonly string[] {
  if (kind === 'header') return [];
  return variablesIn(text).map(
    (name) => `${source}: \${${name}} stays as it is in ${field}: only headers are filled in`,
  );
}

const unusedWarning = ({ file, source }: PlacedData): string =>
  `${source}: ${file} is not read, since no request has a {{column}}`;
