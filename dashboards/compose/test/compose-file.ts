import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseYaml } from '../../yaml/yaml-document.ts';
import { COMPOSE_FILE } from './project-paths.ts';

/** Every key that the file uses, so that no test overlooks one it does not know. */
const texts = z.array(z.string());
const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.object({ context: z.string(), args: z.record(z.string(), z.string()) }).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.string(),
        required: z.boolean().optional(),
        restart: z.boolean().optional(),
      }),
    )
    .optional(),
  volumes: texts.optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: texts.optional(),
  command: texts.optional(),
  entrypoint: texts.optional(),
  profiles: texts.optional(),
  healthcheck: z
    .strictObject({
      test: texts,
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string(),
    })
    .optional(),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }).optional(),
  cap_add: texts.optional(),
  cap_drop: texts.optional(),
  init: z.boolean().optional(),
  mem_limit: z.string().optional(),
  pull_policy: z.string().optional(),
  read_only: z.boolean().optional(),
  security_opt: texts.optional(),
  shm_size: z.string().optional(),
  stop_grace_period: z.string().optional(),
  stop_signal: z.string().optional(),
  tmpfs: texts.optional(),
});
const composeSchema = z.object({ services: z.record(z.string(), serviceSchema) });
export type ComposeService = z.infer<typeof serviceSchema>;

const text = readFileSync(COMPOSE_FILE, 'utf8');
/** As the file has them, variables and all. */
export const services = composeSchema.parse(parseYaml(text)).services;

/** A variable of the file: `${NAME:-fallback}`, or `${NAME:?what to do}` where it must be given. */
export interface ComposeVariable {
  readonly name: string;
  readonly kind: 'default' | 'required';
  readonly rest: string;
}

const VARIABLE = /\$\$|\$\{(?<name>\w+)(?<kind>:-|:\?)(?<rest>[^}]*)\}|\$/g;

/** Every use of a variable in a text of the file; a `$` that is none of them throws. */
export function variablesOf(value: string): readonly ComposeVariable[] {
  return [...value.matchAll(VARIABLE)].flatMap((match) => {
    if (match[0] === '$$') return [];
    const { name, kind, rest } = match.groups ?? {};
    if (name === undefined || rest === undefined) throw new Error(`no variable: ${value}`);
    return [{ name, kind: kind === ':-' ? ('default' as const) : ('required' as const), rest }];
  });
}

/** The file's own text has them all, but for those of comments. */
export const fileVariables = variablesOf(text.replaceAll(/^\s*#.*$/gm, ''));

/** The text as Compose reads it with these variables set. */
export function interpolate(value: string, env: Readonly<Record<string, string>>): string {
  return value.replaceAll(VARIABLE, (whole, ...groups) => {
    if (whole === '$$') return '$';
    const { name, kind, rest } = groups.at(-1) as Record<string, string | undefined>;
    // With a colon an empty variable counts as missing.
    const given = name === undefined ? '' : (env[name] ?? '');
    if (given !== '') return given;
    if (kind !== ':-') throw new Error(`${name} is required: ${rest}`);
    return rest ?? '';
  });
}

/** A service with every text of it read as Compose reads it. */
export function interpolated(
  service: ComposeService,
  env: Readonly<Record<string, string>>,
): ComposeService {
  const json = JSON.stringify(service, (_key, value: unknown) =>
    typeof value === 'string' ? interpolate(value, env) : value,
  );
  return serviceSchema.parse(JSON.parse(json));
}
