import {
  EXPECT_BY_DEFAULT,
  METHODS,
  REQUEST_LIMITS,
  type RequestTemplate,
} from '../request-mix.ts';
import { EXPECTED_STATUSES, expectedStatus } from './expected-statuses.ts';
import { headersOf } from './headers-of-file.ts';
import { jsonText } from './json-text.ts';
import { type Field, type FileProblems, fieldsOf, refuse, textOf } from './node-fields.ts';
import { type PlacedText, placed } from './placed-text.ts';

const KEYS = ['name', 'method', 'path', 'headers', 'body', 'json', 'weight', 'expect'] as const;
const NAME_CHARACTERS_MAX = REQUEST_LIMITS.nameCharactersMax;
const JSON_TYPE = 'application/json';

export interface PlacedTemplate {
  readonly template: RequestTemplate;
  readonly texts: readonly PlacedText[];
  /** Of its name, else of the whole. */
  readonly source: string;
}

/** One request of the list; `null` where it cannot be used, and every reason is a problem. */
export function requestOfFile(whole: Field, problems: FileProblems): PlacedTemplate | null {
  const fields = fieldsOf(whole, KEYS, problems);
  if (fields === null) return null;
  const method = methodOf(fields.get('method'), problems);
  const path = pathOf(fields.get('path'), whole, problems);
  const headers = headersOf(fields.get('headers'), problems);
  const body = bodyOf(fields, problems);
  const weight = weightOf(fields.get('weight'), problems);
  const expect = expectOf(fields.get('expect'), problems);
  const name = nameOf(fields.get('name'), `${method} ${path?.text}`, problems);
  if (
    method === null ||
    path === null ||
    headers === null ||
    body === null ||
    weight === null ||
    expect === null ||
    name === null
  ) {
    return null;
  }
  const byName = Object.fromEntries(headers.map((it) => [it.name, it.text]));
  if (body.kind === 'json') byName['content-type'] ??= JSON_TYPE;
  return {
    template: {
      name,
      method,
      path: path.text,
      headers: byName,
      body: body.placed?.text ?? null,
      bodyKind: body.kind,
      weight,
      expect,
    },
    texts: [path, ...headers, ...(body.placed === null ? [] : [body.placed])],
    source: problems.placeOf((fields.get('name') ?? whole).at),
  };
}

function methodOf(
  field: Field | undefined,
  problems: FileProblems,
): RequestTemplate['method'] | null {
  if (field === undefined) return 'GET';
  const expected = `one of ${METHODS.join(', ')}`;
  const text = textOf(field, expected, problems);
  if (text === null) return null;
  const method = METHODS.find((known) => known === text.toUpperCase());
  if (method !== undefined) return method;
  refuse(
    field,
    { value: text, problem: 'is no method that is sent', remedy: `give ${expected}` },
    problems,
  );
  return null;
}

function pathOf(field: Field | undefined, whole: Field, problems: FileProblems): PlacedText | null {
  const expected = 'a path that begins with a slash, e.g. /items/{{id}}?full=1';
  if (field === undefined) {
    refuse(
      { at: whole.at, name: `${whole.name}.path` },
      { value: '', problem: 'is missing', remedy: `give ${expected}` },
      problems,
    );
    return null;
  }
  const text = textOf(field, expected, problems);
  if (text === null) return null;
  const problem = pathProblem(text);
  if (problem === null) return placed('path', field, text, problems);
  refuse(field, { value: text, problem, remedy: `give ${expected}` }, problems);
  return null;
}

function pathProblem(text: string): string | null {
  if (!text.startsWith('/')) return 'does not begin with a slash';
  if (text.length > REQUEST_LIMITS.pathCharactersMax) {
    return `has more than ${REQUEST_LIMITS.pathCharactersMax} characters`;
  }
  // Whether what stands in braces is a column is asked where the columns are known.
  const literal = text.replaceAll(/\{\{[^{}]*\}\}/g, '');
  const character = /[^\x21-\x7e]|#/.exec(literal)?.[0];
  return character === undefined
    ? null
    : `has ${JSON.stringify(character)}, which a path has percent-encoded only`;
}

interface Body {
  readonly kind: RequestTemplate['bodyKind'];
  /** `null`: no body. */
  readonly placed: PlacedText | null;
}

function bodyOf(
  fields: ReadonlyMap<(typeof KEYS)[number], Field>,
  problems: FileProblems,
): Body | null {
  const [text, json] = [fields.get('body'), fields.get('json')];
  if (text !== undefined && json !== undefined) {
    refuse(
      json,
      { value: '', problem: 'stands beside a body', remedy: 'give body or json' },
      problems,
    );
    return null;
  }
  if (json !== undefined) {
    const read = jsonText(json.node);
    if (read.ok) return { kind: 'json', placed: placed('body', json, read.text, problems) };
    const { at, ...rest } = read.problem;
    refuse({ at, name: json.name }, rest, problems);
    return null;
  }
  if (text === undefined) return { kind: 'text', placed: null };
  const body = textOf(text, 'a text, or json: for a map or a list', problems);
  return body === null ? null : { kind: 'text', placed: placed('body', text, body, problems) };
}

function weightOf(field: Field | undefined, problems: FileProblems): number | null {
  if (field === undefined) return 1;
  const expected = `a whole number from 1 to ${REQUEST_LIMITS.weightMax}`;
  const text = textOf(field, expected, problems);
  if (text === null) return null;
  const weight = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (weight >= 1 && weight <= REQUEST_LIMITS.weightMax) return weight;
  refuse(field, { value: text, problem: 'is no weight', remedy: `give ${expected}` }, problems);
  return null;
}

function expectOf(
  field: Field | undefined,
  problems: FileProblems,
): RequestTemplate['expect'] | null {
  if (field === undefined) return EXPECT_BY_DEFAULT;
  const { node } = field;
  const items =
    node.kind === 'list'
      ? node.items.map((item) => ({ name: field.name, at: item.at, node: item }))
      : [field];
  const statuses: RequestTemplate['expect'] = [];
  let sound = items.length > 0;
  if (!sound) {
    refuse(
      field,
      { value: '', problem: 'names no status', remedy: `give ${EXPECTED_STATUSES}` },
      problems,
    );
  }
  for (const item of items) {
    const text = textOf(item, EXPECTED_STATUSES, problems);
    const status = text === null ? null : expectedStatus(text);
    if (status !== null) {
      statuses.push(status);
      continue;
    }
    sound = false;
    if (text === null) continue;
    const remedy = `give ${EXPECTED_STATUSES}`;
    refuse(item, { value: text, problem: 'is no status of an answer', remedy }, problems);
  }
  return sound ? statuses : null;
}

function nameOf(
  field: Field | undefined,
  byDefault: string,
  problems: FileProblems,
): string | null {
  if (field === undefined) return byDefault.slice(0, NAME_CHARACTERS_MAX);
  const expected = `a text of at most ${NAME_CHARACTERS_MAX} characters in one line`;
  const text = textOf(field, expected, problems);
  if (text === null) return null;
  // Control characters would move about in a terminal.
  if (text.trim() !== '' && text.length <= NAME_CHARACTERS_MAX && !/\p{Cc}/u.test(text)) {
    return text.trim();
  }
  refuse(field, { value: text, problem: 'is no name', remedy: `give ${expected}` }, problems);
  return null;
}
