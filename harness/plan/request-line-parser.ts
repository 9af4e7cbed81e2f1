import { EXPECT_BY_DEFAULT, METHODS, REQUEST_LIMITS, type RequestTemplate } from './request-mix.ts';
import type { ValueParser } from './value-parser.ts';

const PATH = /^\/[^\s#]*$/;

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
      for (const text of texts) {
        const match = /^(?:([A-Za-z]+)\s+)?(\/[^\s#]*?)(?:@(\d+))?$/.exec(text.trim());
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
        const name = `${method} ${path}`;
        if (templates.some((it) => it.name === name)) {
          return {
            ok: false,
            problem: `gives ${name} twice`,
            remedy: 'give it once, with a weight',
          };
        }
        templates.push({
          name,
          method,
          path,
          headers: {},
          body: null,
          bodyKind: 'text',
          weight,
          expect: EXPECT_BY_DEFAULT,
        });
      }
      return { ok: true, value: templates };
    },
    print: (value) =>
      value.length === 0
        ? 'GET /'
        : value.map(({ name, weight }) => (weight === 1 ? name : `${name}@${weight}`)).join(' '),
  };
}
