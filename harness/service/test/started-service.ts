import { type Custodian, NOTHING_GUARDED } from '../../custodian.ts';
import { entryPoint } from '../../entry-point.ts';
import type { ServiceCommand } from '../../plan/service.ts';
import { createRedactor } from '../../report/redactor.ts';
import type { ServiceAsked, ServiceDeps } from '../running-service.ts';

export const PASSWORD = 'geheim/"%zwölf';

const FIXTURE = entryPoint(import.meta.url, './run-fixture-service');
const NOBODY: Custodian = { guard: () => NOTHING_GUARDED };

/** A fixture service in a mood, as it is asked for. */
export function askedService(
  mood: string,
  given: Partial<ServiceCommand> = {},
  env: Readonly<Record<string, string>> = {},
): ServiceAsked {
  return {
    service: {
      kind: 'command',
      command: `${process.execPath} ${FIXTURE} ${mood} {port}`,
      shell: false,
      env: {},
      passEnv: [],
      directory: null,
      readyPath: '/',
      readyTimeoutMs: 8_000,
      stopTimeoutMs: 3_000,
      metricsPath: null,
      shapeKnown: true,
      ...given,
    },
    facts: {
      workers: 2,
      poolSize: 5,
      maxOverflow: 0,
      poolTimeoutMs: 1_000,
      database: {
        host: '127.0.0.1',
        port: 5432,
        user: 'pool_lab_api',
        password: PASSWORD,
        database: 'postgres',
      },
    },
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env },
  };
}

export function serviceDeps(given: Partial<ServiceDeps> = {}): ServiceDeps {
  const { signal } = new AbortController();
  return { custodian: NOBODY, signal, redactor: createRedactor(), ...given };
}
