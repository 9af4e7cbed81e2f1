import { DATA_ORDERS, REQUEST_LIMITS, type RequestMix } from '../request-mix.ts';
import { type Field, type FileProblems, fieldsOf, refuse, textOf } from './node-fields.ts';
import { type PlacedTemplate, requestOfFile } from './request-of-file.ts';

/** Keys of a file of settings that are no option. */
export const REQUEST_KEYS = ['requests', 'data'] as const;
export type RequestKey = (typeof REQUEST_KEYS)[number];

export interface PlacedData {
  /** As it was written; relative to the file of settings. */
  readonly file: string;
  readonly order: RequestMix['order'];
  readonly source: string;
}

/** What a file of settings says of requests. Where something cannot be used, what is sound of it. */
export interface RequestsOfFile {
  /** `null`: it has no `requests`. */
  readonly templates: readonly PlacedTemplate[] | null;
  /** Of `requests`, or else of `data`. */
  readonly source: string;
  /** `unusable`: it has `data` that is a problem already. */
  readonly data: PlacedData | 'unusable' | null;
}

/** @returns `null` where neither stands in the file */
export function requestsOfFile(
  fields: ReadonlyMap<RequestKey, Field>,
  problems: FileProblems,
): RequestsOfFile | null {
  const [requests, data] = [fields.get('requests'), fields.get('data')];
  const first = requests ?? data;
  if (first === undefined) return null;
  return {
    templates: requests === undefined ? null : templatesOf(requests, problems),
    source: problems.placeOf(first.at),
    data: data === undefined ? null : (dataOf(data, problems) ?? 'unusable'),
  };
}

function templatesOf(whole: Field, problems: FileProblems): readonly PlacedTemplate[] {
  const { node } = whole;
  if (node.kind !== 'list' || node.items.length === 0) {
    const value = node.kind === 'text' ? node.text : `a ${node.kind}`;
    const remedy = 'give a list, each with a path: - path: /items/1';
    refuse(whole, { value, problem: 'is no list of requests', remedy }, problems);
    return [];
  }
  if (node.items.length > REQUEST_LIMITS.requestsMax) {
    const problem = `are more than ${REQUEST_LIMITS.requestsMax}`;
    const remedy = 'give fewer; {{column}} and data make many of one';
    refuse(whole, { value: String(node.items.length), problem, remedy }, problems);
    return [];
  }
  const found: PlacedTemplate[] = [];
  for (const [at, item] of node.items.entries()) {
    const name = `requests[${at}]`;
    const request = requestOfFile({ name, at: item.at, node: item }, problems);
    if (request === null) continue;
    const same = found.find(({ template }) => template.name === request.template.name);
    if (same === undefined) {
      found.push(request);
      continue;
    }
    problems.add({
      field: `${name}.name`,
      value: request.template.name,
      source: request.source,
      problem: `is the name of another request, at ${same.source}`,
      remedy: 'give each a name of its own, or one of them with a weight',
    });
  }
  return found;
}

function dataOf(whole: Field, problems: FileProblems): PlacedData | null {
  const fields = fieldsOf(whole, ['file', 'order'], problems);
  if (fields === null) return null;
  const expected = 'a file with data, e.g. users.csv';
  const field = fields.get('file');
  const file = field === undefined ? '' : textOf(field, expected, problems);
  if (file?.trim() === '') {
    const at = field?.at ?? whole.at;
    const missing = { value: '', problem: 'is missing', remedy: `give ${expected}` };
    refuse({ at, name: 'data.file' }, missing, problems);
  }
  const order = orderOf(fields.get('order'), problems);
  if (file === null || file.trim() === '' || order === null || field === undefined) return null;
  return { file: file.trim(), order, source: problems.placeOf(field.at) };
}

function orderOf(field: Field | undefined, problems: FileProblems): RequestMix['order'] | null {
  if (field === undefined) return 'sequential';
  const expected = `one of ${DATA_ORDERS.join(', ')}`;
  const text = textOf(field, expected, problems);
  if (text === null) return null;
  const order = DATA_ORDERS.find((known) => known === text);
  if (order !== undefined) return order;
  refuse(
    field,
    { value: text, problem: 'is no order of rows', remedy: `give ${expected}` },
    problems,
  );
  return null;
}
