import type { OptionValues } from './option-table.ts';
import type { Service } from './service.ts';
import { SERVICE_OPTIONS } from './service-options.ts';

/** What decides which program a service is, and what it does: whoever gives them knows what is started. */
export const SERVICE_START_OPTIONS = {
  command: SERVICE_OPTIONS.command,
  env: SERVICE_OPTIONS.env,
  shell: SERVICE_OPTIONS.shell,
  serviceDirectory: SERVICE_OPTIONS.serviceDirectory,
} as const;

/** A program as it is started, by flag: every text of it, in one order. */
export type ServiceStart = readonly (readonly [flag: string, text: string])[];

export function serviceStartAsked(
  values: OptionValues<typeof SERVICE_START_OPTIONS>,
): ServiceStart {
  const { command, env, shell, serviceDirectory } = values;
  return startOf({
    command,
    env: env.set,
    passEnv: env.pass,
    shell,
    directory: serviceDirectory,
  });
}

/** `null`: nothing is started for a trial but what the lab brings. */
export function serviceStartOf(service: Service | null): ServiceStart | null {
  return service?.kind === 'command' ? startOf(service) : null;
}

function startOf({
  command,
  env,
  passEnv,
  shell,
  directory,
}: {
  readonly command: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly shell: boolean;
  readonly directory: string | null;
}): ServiceStart {
  const variables = [
    ...Object.entries(env).map(([name, text]) => `${name}=${text}`),
    ...passEnv,
  ].sort();
  return [
    ...(command === null ? [] : [['command', command] as const]),
    ...(shell ? [['shell', ''] as const] : []),
    ...(directory === null ? [] : [['service-directory', directory] as const]),
    ...variables.map((text) => ['env', text] as const),
  ];
}
