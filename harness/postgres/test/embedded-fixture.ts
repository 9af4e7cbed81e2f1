import { existsSync, readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect } from 'vitest';
import type { DatabaseConfig } from '../../../server/contract.ts';
import { type Binaries, locateBinaries } from '../binaries.ts';
import { clientOptions } from '../client-options.ts';
import { createEmbeddedPostgres, type EmbeddedDeps } from '../embedded.ts';
import type { PostgresSettings, StartedPostgres } from '../provider.ts';
import { createRecordingCustodian } from './lab-parent.ts';

export const SMALL_SERVER: PostgresSettings = {
  maxConnections: 20,
  superuserReservedConnections: 3,
  reservedConnections: 0,
  transport: 'tcp',
  extra: {},
};

/** Starts one, and fails when anything is still guarded after it was stopped. */
export async function withPostgres<T>(
  deps: Partial<EmbeddedDeps> & { readonly labParent: string },
  use: (postgres: StartedPostgres) => Promise<T>,
  settings: Partial<PostgresSettings> = {},
): Promise<T> {
  const custodian = createRecordingCustodian();
  const postgres = await createEmbeddedPostgres({ custodian, ...deps }).start(
    { ...SMALL_SERVER, ...settings },
    new AbortController().signal,
  );
  try {
    return await use(postgres);
  } finally {
    await postgres.stop();
    expect(custodian.guarded.size).toBe(0);
  }
}

/** The first row of the answer, by a connection of its own. */
export async function ask(config: DatabaseConfig, sql: string): Promise<unknown> {
  const client = new Client(clientOptions(config));
  client.on('error', () => {
    // Some tests end the server under it.
  });
  try {
    await client.connect();
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

export async function isUsable({ api }: StartedPostgres): Promise<void> {
  expect(await ask(api, 'SELECT 1 AS one')).toEqual({ one: 1 });
}

export async function notReached(): Promise<never> {
  throw new Error('PostgreSQL started');
}

export function runsIn(labParent: string): string[] {
  const path = join(labParent, `pool-lab-${process.getuid?.() ?? 0}`, 'runs');
  return existsSync(path) ? readdirSync(path) : [];
}

/** A copy of the installed binaries to damage or to hide. */
export async function copyBinaries(to: string): Promise<Binaries> {
  const binaries = locateBinaries();
  const directory = join(to, 'native');
  await cp(binaries.directory, directory, { recursive: true, verbatimSymlinks: true });
  return { ...binaries, directory, fingerprint: `${binaries.fingerprint}-copy` };
}
