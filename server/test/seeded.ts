import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DatabaseConfig, SEED_API_ROLE_ENV } from '../contract.ts';

const ENTRY = fileURLToPath(new URL('../seed.ts', import.meta.url));

export interface SeedRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the seeding as the process it is. */
export async function runSeed(connection: DatabaseConfig, apiRole: string): Promise<SeedRun> {
  const env = {
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
    PGPASSWORD: connection.password,
    PGDATABASE: connection.database,
    [SEED_API_ROLE_ENV]: apiRole,
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [ENTRY], { env });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { exitCode: failed.code, stdout: failed.stdout, stderr: failed.stderr };
  }
}

/** Brings the workloads' tables into the shared test database; files may do so at the same time. */
export async function seed(postgres: {
  readonly api: DatabaseConfig;
  readonly superuser: DatabaseConfig;
}): Promise<void> {
  const run = await runSeed(
    { ...postgres.superuser, database: postgres.api.database },
    postgres.api.user,
  );
  if (run.exitCode !== 0) throw new Error(`seeding failed: ${run.stdout}${run.stderr}`);
}
