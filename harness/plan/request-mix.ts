import { z } from 'zod';

export const REQUEST_LIMITS = {
  requestsMax: 100,
  nameCharactersMax: 200,
  weightMax: 1_000,
  pathCharactersMax: 8_192,
  headersMax: 100,
  bodyCharactersMax: 1_000_000,
  dataRowsMax: 100_000,
  dataBytesMax: 16_000_000,
} as const;

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export const DATA_ORDERS = ['sequential', 'random'] as const;

const status = z.int().min(100).max(599);

/** How a row's value goes into a body: as it is, or escaped for the JSON text that it stands in. */
export const BODY_KINDS = ['text', 'json'] as const;

/**
 * One kind of request. `{{column}}` in path, header values and body is replaced by the row's value, once: what a value
 * itself holds is no placeholder.
 */
export const requestTemplateSchema = z.strictObject({
  /** Unique in its mix; what reports call it, e.g. `POST /orders`. */
  name: z.string().min(1).max(REQUEST_LIMITS.nameCharactersMax),
  method: z.enum(METHODS),
  /** With query string; begins with a slash. */
  path: z.string().max(REQUEST_LIMITS.pathCharactersMax).regex(/^\//),
  /** Names in lower case. In a plan `${NAME}` stands for a variable of the lab's environment; in a mix it is filled in. */
  headers: z.record(z.string(), z.string()),
  body: z.string().max(REQUEST_LIMITS.bodyCharactersMax).nullable(),
  /** `json`: placeholders stand inside JSON strings. */
  bodyKind: z.enum(BODY_KINDS),
  /** Its share of all requests, relative to the others'. */
  weight: z.int().min(1).max(REQUEST_LIMITS.weightMax),
  /** Statuses of a right answer, both ends inclusive; everything else is an error. */
  expect: z.array(z.strictObject({ from: status, to: status })).min(1),
});
export type RequestTemplate = Readonly<z.infer<typeof requestTemplateSchema>>;

/** What is asked of a service. Data is kept by its hash, and its rows are read again when it is needed. */
export const requestPlanSchema = z.strictObject({
  templates: z.array(requestTemplateSchema).min(1).max(REQUEST_LIMITS.requestsMax),
  data: z
    .strictObject({
      /** Absolute, or as it was given. */
      path: z.string(),
      sha256: z.string(),
      rows: z.int().min(1).max(REQUEST_LIMITS.dataRowsMax),
      columns: z.array(z.string()),
      order: z.enum(DATA_ORDERS),
    })
    .nullable(),
});
export type RequestPlan = Readonly<z.infer<typeof requestPlanSchema>>;

/** What an engine sends: the templates with the rows themselves. It travels to the load process as it stands. */
export interface RequestMix {
  readonly templates: readonly RequestTemplate[];
  /** Values by column; `null`: no template has a placeholder. */
  readonly rows: readonly Readonly<Record<string, string>>[] | null;
  readonly order: (typeof DATA_ORDERS)[number];
}

/** Statuses that are right where nothing else is said: as the lab's own API. */
export const EXPECT_BY_DEFAULT: RequestTemplate['expect'] = [{ from: 200, to: 399 }];
