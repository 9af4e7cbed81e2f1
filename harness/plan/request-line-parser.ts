import { EXPECT_BY_DEFAULT, METHODS, REQUEST_LIMITS, type RequestTemplate } from './request-mix.ts';
import type { ValueParser } from './value-parser.ts';

/** What is asked where nothing else is said. */
export const GET_ROOT: RequestTemplate = {
  name: 'GET /',
  method: 'GET',
  path: '/',
  headers: {},
  body: null,
  bodyKind: 'text',
  weight: 1,
  expect: EXPECT_BY_DEFAULT,
};

const PATH = /^\/[^\s#\p{Cc}]*$/u;

/** A path with its query string, as it goes into a request. */
export function httpPath(): ValueParser<string> {
  return {
    placeholder: 'path',
    expected: 'a path that begins with a slash, e.g. /healthz',
    schema: { type: 'string', pattern: '^/[^\\s#]*$' },
    parse(texts) {
      const text = texts.at(-1)?.trim() ?? '';
      if (text === '') return { ok: false, problem: 'is empty' };
      return PATH.test(text)
        ? { ok: true, value: text }
        : { ok: false, problem: 'is no path of a request' };
    },
    print: (value) => value,
  };
}

/** `[METHOD] /path[@weight]`: requests without headers and bodies. */
export function requestLines(): ValueParser<readonly RequestTemplate[]> {
  return {
    placeholder: 'request',
    expected: "[METHOD] /path[@weight], e.g. 'GET /items/1@3'",
    schema: {
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    },
    parse(texts) {
      const templates: RequestTemplate[] = [];
      for (const text of joined(texts)) {
        const match = /^(?:([A-Za-z]+)\s+)?(\/[^\s#\p{Cc}]*?)(?:@(\d+))?$/u.exec(text.trim());
        if (match === null) return { ok: false, problem: 'is no request' };
        const [, methodText = 'GET', path = '/', weightText = '1'] = match;
        const method = METHODS.find((known) => known === methodText.toUpperCase());
        if (method === undefined) {
          return {
            ok: false,
            problem: `has the method ${methodText}`,
            remedy: `give one of ${METHODS.join(', ')}`,
          };
        }
        const weight = Number(weightText);
        if (weight < 1 || weight > REQUEST_LIMITS.weightMax) {
          return {
            ok: false,
            problem: `has a weight of ${weightText}`,
            remedy: `give a whole number from 1 to ${REQUEST_LIMITS.weightMax}`,
          };
        }
        if (path.length > REQUEST_LIMITS.pathCharactersMax) {
          const most = REQUEST_LIMITS.pathCharactersMax;
          return { ok: false, problem: `has a path of more than ${most} characters` };
        }
        const name = `${method} ${path}`.slice(0, REQUEST_LIMITS.nameCharactersMax);
        if (templates.some((it) => it.name === name)) {
          return {
            ok: false,
            problem: `gives ${name} twice`,
            remedy: 'give it once, with a weight',
          };
        }
        templates.push({ ...GET_ROOT, name, method, path, weight });
      }
      if (templates.length > REQUEST_LIMITS.requestsMax) {
        return { ok: false, problem: `are more than ${REQUEST_LIMITS.requestsMax} requests` };
      }
      return { ok: true, value: templates };
    },
    print: (value) =>
      value.map(({ name, weight }) => (weight === 1 ? name : `${name}@${weight}`)).join(' '),
  };
}

/** A variable is cut at its blanks, and so is what stands between a method and its path. */
function joined(texts: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let method = '';
  for (const text of texts) {
    const line = `${method}${text.trim()}`;
    if (/^[A-Za-z]+$/.test(line)) {
      method = `${line} `;
    } else {
      lines.push(line);
      method = '';
    }
  }
  return method === '' ? lines : [...lines, method];
}
