/** The only importer of csv-parse. */
import { CsvError, parse } from 'csv-parse/sync';
import { REQUEST_LIMITS } from './request-mix.ts';

/** Values by column, all of them texts. */
export type DataRow = Readonly<Record<string, string>>;

/** A row with the line that it ends on: what is wrong with it is told there. */
export interface PlacedRow {
  readonly line: number;
  readonly values: DataRow;
}

/** What stands in a row is in none of them: it may be anybody's password. */
export interface DataProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
  readonly remedy: string;
}

export type DataRows =
  | { readonly ok: true; readonly columns: readonly string[]; readonly rows: readonly PlacedRow[] }
  | { readonly ok: false; readonly problems: readonly DataProblem[] };

const FORMATS = { '.csv': csvRows, '.jsonl': jsonRows, '.ndjson': jsonRows } as const;
export const DATA_ENDINGS = Object.keys(FORMATS);

/** What else is wrong in such a file shows when these are mended. */
const PROBLEMS_MAX = 10;

/**
 * The rows of a file with data, by its ending: CSV (RFC 4180) with a header line, or one JSON object a line.
 *
 * @param text without a byte order mark
 */
export function dataRows(name: string, text: string): DataRows {
  const format = Object.entries(FORMATS).find(([ending]) => name.toLowerCase().endsWith(ending));
  if (format === undefined) {
    return failed(1, {
      problem: 'has an ending that says nothing of its format',
      remedy: `name it ${DATA_ENDINGS.join(', ')}`,
    });
  }
  const [, read] = format;
  const found = read(text);
  if (!found.ok) return found;
  if (found.rows.length === 0) {
    return failed(1, { problem: 'has no rows', remedy: 'give at least one' });
  }
  if (found.rows.length > REQUEST_LIMITS.dataRowsMax) {
    return failed(found.rows[REQUEST_LIMITS.dataRowsMax]?.line ?? 1, {
      problem: `begins row ${REQUEST_LIMITS.dataRowsMax + 1}`,
      remedy: `give at most ${REQUEST_LIMITS.dataRowsMax} rows`,
    });
  }
  return found;
}

function csvRows(text: string): DataRows {
  const records: { readonly line: number; readonly record: readonly string[] }[] = [];
  try {
    parse(text, {
      bom: true,
      columns: false,
      delimiter: ',',
      // Both in one file too: the library takes the first line's for all of them.
      record_delimiter: ['\r\n', '\n'],
      quote: '"',
      escape: '"',
      // Whatever it gives back is kept by the library too.
      on_record: (record: string[], { lines }) => {
        records.push({ line: lines, record });
        return null;
      },
      // Told below, all of them at once.
      relax_column_count: true,
      relax_quotes: false,
      skip_empty_lines: true,
      skip_records_with_empty_values: false,
      skip_records_with_error: false,
      trim: false,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return failed(lineOf(error), {
      problem: `is no CSV: ${csvProblem(error)}`,
      remedy:
        'put double quotes around a value with commas, quotes or line ends, and write "" for a quote in it',
    });
  }
  const [header, ...others] = records;
  if (header === undefined) {
    return failed(1, { problem: 'is empty', remedy: 'begin with a line of column names' });
  }
  const columns = header.record.map((name) => name.trim());
  const wrong = headerProblem(columns);
  if (wrong !== null) return failed(header.line, wrong);
  const problems: DataProblem[] = [];
  const rows: PlacedRow[] = [];
  for (const { line, record } of others) {
    if (record.length === columns.length) {
      const values = Object.fromEntries(columns.map((column, at) => [column, record[at] ?? '']));
      rows.push({ line, values });
      continue;
    }
    problems.push({
      line,
      problem: `has ${record.length} values for ${columns.length} columns`,
      remedy: `give ${columns.join(',')}`,
    });
    if (problems.length === PROBLEMS_MAX) break;
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, columns, rows };
}

function headerProblem(columns: readonly string[]): Pick<DataProblem, 'problem' | 'remedy'> | null {
  const remedy = 'begin with a line of column names, each once';
  if (columns.some((column) => column.trim() === '')) {
    return { problem: 'has a column without a name', remedy };
  }
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) return { problem: `names the column ${twice} twice`, remedy };
  if (columns.includes('__proto__')) {
    return { problem: 'names a column __proto__', remedy: 'give it another name' };
  }
  return null;
}

/** Without the library's own line number, which is told in front. */
function csvProblem({ code, message }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'something follows a closing quote';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands in the middle of a value';
    default:
      return message.split('\n')[0] ?? message;
  }
}

function lineOf(error: CsvError): number {
  const line: unknown = error['lines'];
  return typeof line === 'number' ? Math.max(1, line) : 1;
}

function jsonRows(text: string): DataRows {
  const problems: DataProblem[] = [];
  const rows: PlacedRow[] = [];
  let columns: readonly string[] | null = null;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const read = jsonRow(line, columns);
    if (read.ok) {
      columns ??= Object.keys(read.values);
      rows.push({ line: at + 1, values: read.values });
    } else {
      const { problem, remedy } = read;
      problems.push({ line: at + 1, problem, remedy });
    }
    if (problems.length === PROBLEMS_MAX || rows.length > REQUEST_LIMITS.dataRowsMax) break;
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, columns: columns ?? [], rows };
}

type JsonRow =
  | { readonly ok: true; readonly values: DataRow }
  | ({ readonly ok: false } & Pick<DataProblem, 'problem' | 'remedy'>);

function jsonRow(line: string, columns: readonly string[] | null): JsonRow {
  const object = jsonObject(line);
  if (object === null) {
    return {
      ok: false,
      problem: 'is no JSON object',
      remedy: 'write one object a line, {"id": 1, "name": "Ann"}',
    };
  }
  const names = Object.keys(object);
  const wrong = headerProblem(names);
  if (wrong !== null) return { ok: false, ...wrong };
  if (names.length === 0) {
    return { ok: false, problem: 'has no values', remedy: 'give one a column' };
  }
  const odd = (columns ?? names).find((name) => !names.includes(name));
  if (columns !== null && (odd !== undefined || names.length !== columns.length)) {
    const more = names.find((name) => !columns.includes(name));
    return {
      ok: false,
      problem: odd === undefined ? `has ${more}, which the first row has not` : `has no ${odd}`,
      remedy: `give ${columns.join(', ')} in every row`,
    };
  }
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(object)) {
    const text = scalarText(value);
    if (text === null) {
      return {
        ok: false,
        problem: `has ${name}, which is neither a text nor a number nor a boolean`,
        remedy: 'give plain values; a number of more than 15 digits as a text in quotes',
      };
    }
    values[name] = text;
  }
  return { ok: true, values };
}

function jsonObject(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** `null` for what is no scalar, and for a number that was rounded when it was read. */
function scalarText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      // Half a character can be percent-encoded by nobody.
      return value.isWellFormed() ? value : null;
    case 'boolean':
      return String(value);
    case 'number':
      return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
        ? String(value)
        : null;
    default:
      return null;
  }
}

function failed(
  line: number,
  rest: Pick<DataProblem, 'problem' | 'remedy'>,
): Extract<DataRows, { ok: false }> {
  return { ok: false, problems: [{ line, ...rest }] };
}
