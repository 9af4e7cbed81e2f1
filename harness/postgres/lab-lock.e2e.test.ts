import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { lookAtForeignDatabase } from './foreign-database.ts';
import { type ForeignServer, withForeignServer } from './test/foreign-server.ts';
import { createUrlPostgres } from './url.ts';

const HOLDER = fileURLToPath(new URL('./test/hold-server.ts', import.meta.url));
const anotherLab = {
  code: 'REFUSED_SHARED_DATABASE',
  exitCode: 5,
  message: 'another pool-lab is at work on this PostgreSQL',
};

async function lookAt(owner: DatabaseConfig) {
  return await lookAtForeignDatabase({
    owner,
    apiVia: null,
    consent: { allowRemoteDb: null, sharedDbOk: false },
    drivesTheApi: false,
    signal: new AbortController().signal,
    warn: () => undefined,
  });
}

async function start(database: Awaited<ReturnType<typeof lookAt>>) {
  const provider = createUrlPostgres(database, { warn: () => undefined });
  return await provider.start(database.settings, new AbortController().signal);
}

async function roleCanLogIn({ query }: ForeignServer): Promise<unknown> {
  const [row] = await query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'pool_lab_api'");
  return row?.['rolcanlogin'];
}

test('of two labs that begin at one moment one is refused, and harms the other in nothing', async () => {
  await withForeignServer({}, async (server) => {
    // Neither sees the other when it looks.
    const database = await lookAt(server.superuser);
    const labs = await Promise.allSettled([start(database), start(database)]);
    const [winner, ...winners] = labs.flatMap((it) => (it.status === 'fulfilled' ? it.value : []));
    expect(winners).toEqual([]);
    expect(labs.find(({ status }) => status === 'rejected')).toMatchObject({ reason: anotherLab });
    expect(await roleCanLogIn(server)).toBe(true);
    await winner?.stop();
    expect(await roleCanLogIn(server)).toBe(false);
    await (await start(database)).stop();
  });
});

test('in another database of the server a lab is refused as well', async () => {
  await withForeignServer({}, async (server) => {
    // One that looked before that is refused when it begins.
    const late = await lookAt({ ...server.superuser, database: 'postgres' });
    const second = await start(await lookAt(server.superuser));
    await expect(start(late)).rejects.toMatchObject(anotherLab);
    expect(await roleCanLogIn(server)).toBe(true);
    await second.stop();
  });
});

test('a lab that is killed lets go of the server', async () => {
  await withForeignServer({}, async (server) => {
    const child = spawn(process.execPath, [HOLDER], {
      env: { DATABASE: JSON.stringify(server.superuser) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child.stdout, 'data');
    await expect(lookAt(server.superuser)).rejects.toMatchObject(anotherLab);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await start(await lookAt(server.superuser))).stop();
  });
});
