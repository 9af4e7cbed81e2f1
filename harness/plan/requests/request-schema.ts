import { DATA_ORDERS, METHODS, REQUEST_LIMITS } from '../request-mix.ts';
import { SCALAR, type ValueSchema } from '../value-schema.ts';
import type { RequestKey } from './requests-of-file.ts';

const STATUS = String.raw`[1-5]\d\d|[1-5][xX][xX]|[1-5]\d\d\s*\.\.\s*[1-5]\d\d`;
const expected: ValueSchema = {
  anyOf: [
    { type: 'integer', minimum: 100, maximum: 599 },
    { type: 'string', pattern: `^(${STATUS})$` },
  ],
};

const request: ValueSchema = {
  type: 'object',
  properties: {
    name: { ...SCALAR, description: 'what reports call it; default method and path' },
    method: {
      enum: METHODS.flatMap((method) => [method, method.toLowerCase()]),
      description: 'default GET',
    },
    path: {
      type: 'string',
      pattern: '^/[^#]*$',
      description: 'with its query string; {{column}} is percent-encoded',
    },
    headers: {
      type: 'object',
      additionalProperties: SCALAR,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is to be written
      description: 'by name; ${NAME} is taken from the environment and kept nowhere',
    },
    body: { ...SCALAR, description: 'a text, sent as it is; {{column}} goes in as it is' },
    json: { description: 'a body as YAML, sent as JSON; {{column}} stands inside texts' },
    weight: {
      type: 'integer',
      minimum: 1,
      maximum: REQUEST_LIMITS.weightMax,
      description: "share of all requests, relative to the others'; default 1",
    },
    expect: {
      anyOf: [expected, { type: 'array', items: expected, minItems: 1 }],
      description: 'statuses of a right answer: 200, 2xx, 200..299 or a list; default 200..399',
    },
  },
  required: ['path'],
  additionalProperties: false,
};

/** What a file of settings may say of requests, for editors. */
export const REQUEST_SCHEMAS: Readonly<Record<RequestKey, ValueSchema>> = {
  requests: {
    description: 'what is asked of a service of yours; default GET /',
    type: 'array',
    items: request,
    minItems: 1,
    maxItems: REQUEST_LIMITS.requestsMax,
  },
  data: {
    description: 'rows whose values stand for {{column}} in requests',
    type: 'object',
    properties: {
      file: {
        type: 'string',
        pattern: String.raw`\.([cC][sS][vV]|[jJ][sS][oO][nN][lL]|[nN][dD][jJ][sS][oO][nN])\s*$`,
        description: 'CSV with a header line, or JSON lines; relative to this file',
      },
      order: { enum: [...DATA_ORDERS], description: 'default sequential' },
    },
    required: ['file'],
    additionalProperties: false,
  },
};
