/**
 * Process entry of the seeding: connects as libpq's environment variables say, brings the workloads'
 * tables into the database, and prints what it did as one line of JSON.
 */
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { parseDatabaseConfig } from './config.ts';
import { SEED_API_ROLE_ENV, SEED_APPLICATION_NAME, SERVER_ENV } from './contract.ts';
import { databaseClientConfig } from './pool/database-client-config.ts';
import { ForeignSchemaError, SCHEMA_VERSION, seedWorkloads } from './workloads/schema.ts';

const EXIT = { ok: 0, config: 2, database: 4, refused: 5 } as const;

/** Seeding takes a second; one that takes this long waits for somebody. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

process.exitCode = await main(process.env);

async function main(environment: NodeJS.ProcessEnv): Promise<number> {
  const required = [
    SERVER_ENV['database.host'],
    SERVER_ENV['database.port'],
    SERVER_ENV['database.user'],
    SERVER_ENV['database.database'],
    SEED_API_ROLE_ENV,
  ];
  const missing = required.filter((name) => !environment[name]);
  const apiRole = environment[SEED_API_ROLE_ENV];
  if (missing.length > 0 || apiRole === undefined) {
    return tell({ ok: false, code: 'config', message: `not set: ${missing.join(', ')}` });
  }
  const parsed = parseDatabaseConfig(environment);
  if (!parsed.ok) return tell({ ok: false, code: 'config', message: parsed.problems.join('; ') });
  const startedAt = performance.now();
  const client = new pg.Client({
    ...databaseClientConfig(parsed.database),
    application_name: SEED_APPLICATION_NAME,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // The failing call reports it as well; without a listener it would end the process first.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const result = await seedWorkloads(client, apiRole);
    const durationMs = Math.round(performance.now() - startedAt);
    const seeded = { ok: true, ...result, version: SCHEMA_VERSION, durationMs } as const;
    return tell(seeded);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof ForeignSchemaError ? 'refused' : 'database';
    return tell({ ok: false, code, message });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function tell(
  outcome:
    | { readonly ok: true }
    | { readonly ok: false; readonly code: keyof typeof EXIT; readonly message: string },
): number {
  console.log(JSON.stringify(outcome));
  return outcome.ok ? EXIT.ok : EXIT[outcome.code];
}
