import { z } from 'zod';

/** Bounds of what is started or driven in the place of the lab's own API. */
export const SERVICE_LIMITS = {
  commandCharactersMax: 4_096,
  variablesMax: 100,
  variableCharactersMax: 4_096,
  /** A JVM on a small machine takes half a minute. */
  readyMsMax: 600_000,
  stopMsMax: 120_000,
} as const;

const text = z.string().max(SERVICE_LIMITS.variableCharactersMax);
/** Begins with a slash, and may have a query string. */
const requestPath = text.regex(/^\/[^\s#]*$/);

/**
 * Whether the plan's workers, pool size and overflow are what the service has: they were filled in or told. Otherwise
 * nothing can be predicted, and nothing is.
 */
const shapeKnown = z.boolean();
/** Where the service itself tells its metrics in Prometheus's text format; `null`: it is not asked. */
const metricsPath = requestPath.nullable();

/**
 * The tested system where it is none of the lab's own. Of what a plan says of the lab's API only workers, pool size,
 * overflow and pool timeout mean anything then: they are filled in, see `PLACEHOLDERS`.
 */
export const serviceSchema = z.discriminatedUnion('kind', [
  /** Started for each trial, on the lab's database. */
  z.strictObject({
    kind: z.literal('command'),
    /** As it was written, placeholders included. */
    command: z.string().min(1).max(SERVICE_LIMITS.commandCharactersMax),
    /** It goes to `sh -c`; otherwise its words are the program and its arguments. */
    shell: z.boolean(),
    /** Values with placeholders. */
    env: z.record(z.string(), text),
    /** Variables that are handed on from the lab's own environment, by name: their values are nobody's business. */
    passEnv: z.array(z.string()).max(SERVICE_LIMITS.variablesMax),
    /** It is started here; `null`: where the lab was. */
    directory: z.string().nullable(),
    /** Answers below 400 when the service is ready. */
    readyPath: requestPath,
    readyTimeoutMs: z.int().min(1).max(SERVICE_LIMITS.readyMsMax),
    /** From SIGTERM to SIGKILL. */
    stopTimeoutMs: z.int().min(0).max(SERVICE_LIMITS.stopMsMax),
    metricsPath,
    shapeKnown,
  }),
  /** Runs already, and is driven as it stands. */
  z.strictObject({
    kind: z.literal('running'),
    /** e.g. `http://localhost:8080`. */
    origin: z.string(),
    metricsPath,
    shapeKnown,
  }),
]);
export type Service = Readonly<z.infer<typeof serviceSchema>>;
export type ServiceCommand = Extract<Service, { kind: 'command' }>;

/** What may stand in braces in a command and in its variables, `{poolSize}`. */
export const PLACEHOLDERS = {
  port: 'the port that the service must listen on, on 127.0.0.1',
  workers: 'workers of the trial',
  poolSize: 'pool size of the trial; 0 for unlimited',
  maxOverflow: 'overflow of the trial; -1 for unlimited',
  poolTotal: 'pool size and overflow together, for pools with one number',
  poolTimeoutMs: 'longest wait for a connection, in milliseconds',
  poolTimeoutSeconds: 'the same in seconds',
  databaseUrl: "DATABASE_URL of the lab's database; in --env only",
  databaseHost: 'its parts',
  databasePort: 'its parts',
  databaseName: 'its parts',
  databaseUser: 'its parts',
  databasePassword: 'its parts; in --env only',
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;

/** Everybody may read the arguments of a process: these are for its environment. */
export const SECRET_PLACEHOLDERS: readonly Placeholder[] = ['databaseUrl', 'databasePassword'];
