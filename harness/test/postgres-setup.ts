import type { TestProject } from 'vitest/node';
import type { DatabaseConfig } from '../../server/contract.ts';
import { createEmbeddedPostgres } from '../postgres/embedded.ts';
import { startWatchdog } from '../runner/watchdog.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The one server all `*.pg.test.ts` share: `max_connections` 100, PostgreSQL's own reserve. */
    postgres: { readonly api: DatabaseConfig; readonly superuser: DatabaseConfig };
  }
}

/** Starts one PostgreSQL for all tests that need one; nothing of it outlives the test run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const watchdog = startWatchdog();
  const provider = createEmbeddedPostgres({ custodian: watchdog });
  const postgres = await provider.start(
    {
      maxConnections: 100,
      superuserReservedConnections: 3,
      reservedConnections: 0,
      transport: 'tcp',
      extra: {},
    },
    new AbortController().signal,
  );
  project.provide('postgres', { api: postgres.api, superuser: postgres.superuser });
  return async () => {
    await postgres.stop();
    await watchdog.close();
  };
}
