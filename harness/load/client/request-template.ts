import type { RequestTemplate } from '../../plan/request-mix.ts';
import { type PlaceholderPart, placeholderParts } from '../../plan/request-placeholders.ts';
import { rulesOf } from './answer-rules.ts';
import { AskedRequest } from './asked-request.ts';

export type Row = Readonly<Record<string, string>>;

/** A template that is ready to be filled in: cut at its placeholders, once and not for each request. */
export interface PreparedTemplate {
  /** Its share of all requests, relative to the others'. */
  readonly weight: number;
  /** It takes a row. */
  readonly hasPlaceholders: boolean;
  /** The same one each time where there is nothing to fill in. */
  request(row: Row | null): AskedRequest;
}

/**
 * Values go into bodies as they are, or escaped where they stand inside JSON; into header values as they are; into
 * paths percent-encoded, so that none adds a segment or a parameter.
 *
 * @param host what the Host header says; `null`: that of the connection
 */
export function prepareTemplate(
  source: RequestTemplate,
  index: number,
  host: string | null = null,
): PreparedTemplate {
  const { method, headers, weight, bodyKind } = source;
  const path = filler(source.path, encodeURIComponentOf, encodedPath);
  const values = Object.entries(headers).map(
    ([name, value]) => [name, filler(value, headerValue)] as const,
  );
  const body = source.body === null ? null : filler(source.body, BODY_VALUE[bodyKind]);
  const rules = rulesOf(source);
  const render = (row: Row | null): AskedRequest =>
    new AskedRequest({
      template: index,
      method,
      host,
      path: path.fill(row),
      headers: values.flatMap(([name, value]) => [name, value.fill(row)]),
      body: body === null ? null : Buffer.from(body.fill(row), 'utf8'),
      rules,
    });
  const all = [path, ...values.map(([, value]) => value), ...(body === null ? [] : [body])];
  const hasPlaceholders = all.some((one) => one.hasPlaceholders);
  if (hasPlaceholders) return { weight, hasPlaceholders, request: render };
  const only = render(null);
  return { weight, hasPlaceholders, request: () => only };
}

const BODY_VALUE: Readonly<Record<RequestTemplate['bodyKind'], (value: string) => string>> = {
  text: (value) => value,
  json: (value) => JSON.stringify(value).slice(1, -1),
};

function filler(
  text: string,
  filledIn: (value: string) => string,
  literalOf: (literal: string) => string = (literal) => literal,
): { readonly hasPlaceholders: boolean; fill(row: Row | null): string } {
  const parts = placeholderParts(text).map(
    (part): PlaceholderPart =>
      part.kind === 'text' ? { kind: 'text', text: literalOf(part.text) } : part,
  );
  const hasPlaceholders = parts.some(({ kind }) => kind === 'column');
  const fill = (row: Row | null): string => {
    let filled = '';
    for (const part of parts) {
      filled += part.kind === 'text' ? part.text : filledIn(valueIn(row, part.column));
    }
    return filled;
  };
  if (hasPlaceholders) return { hasPlaceholders, fill };
  const only = fill(null);
  return { hasPlaceholders, fill: () => only };
}

/** That each row has each column was checked when the rows were read. */
function valueIn(row: Row | null, column: string): string {
  const value = row?.[column];
  if (value === undefined) throw new Error(`no row has a column ${column}`);
  return value;
}

/** What was written stays; what no request line can carry is percent-encoded. */
function encodedPath(literal: string): string {
  return literal.replace(/[^\x21-\x7e]+/gu, encodeURIComponentOf);
}

function encodeURIComponentOf(value: string): string {
  // Half of a surrogate pair has no encoding.
  return encodeURIComponent(value.toWellFormed());
}

/** That a value fits was checked when it was read; here it would begin another header. */
function headerValue(value: string): string {
  if (/[\r\n]/.test(value)) throw new Error('a value with a line end in a header');
  return value;
}
