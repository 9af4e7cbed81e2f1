import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { MONITOR_APPLICATION_NAME } from '../../server/contract.ts';
import { createEmbeddedPostgres } from '../postgres/embedded.ts';
import type { StartedPostgres } from '../postgres/provider.ts';
import { WORKER_SESSIONS } from '../postgres/watched-sessions.ts';
import { openMonitor } from './monitor.ts';
import { readTreeCpuMs } from './process-cpu.ts';
import { startWatchdog } from './watchdog.ts';

async function withSmallServer(use: (postgres: StartedPostgres) => Promise<void>): Promise<void> {
  const watchdog = startWatchdog();
  try {
    const postgres = await createEmbeddedPostgres({ custodian: watchdog }).start(
      {
        maxConnections: 6,
        superuserReservedConnections: 2,
        reservedConnections: 1,
        transport: 'tcp',
        extra: {},
      },
      new AbortController().signal,
    );
    try {
      await use(postgres);
    } finally {
      await postgres.stop();
    }
  } finally {
    await watchdog.close();
  }
}

test('without a slot left the monitor says so, and what it needs', async () => {
  await withSmallServer(async ({ superuser, api }) => {
    const clients = Array.from({ length: 6 }, () => new Client(superuser));
    await Promise.all(clients.map((client) => client.connect()));
    try {
      await expect(openMonitor({ superuser, api })).rejects.toMatchObject({
        code: 'NO_SLOT_FOR_MONITOR',
        message: expect.stringMatching(/53300: .*too many clients/),
        hint: expect.stringMatching(/stop an application that has connections/),
      });
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  });
});

test('it stays connected and counts while the ordinary role is refused', async () => {
  await withSmallServer(async ({ superuser, api }) => {
    const monitor = await openMonitor({ superuser, api, intervalMs: 10 });
    expect(monitor.limits).toMatchObject({
      maxConnections: 6,
      superuserReservedConnections: 2,
      reservedConnections: 1,
    });
    expect(await monitor.countOthers(WORKER_SESSIONS)).toBe(1);
    const sampling = monitor.startSampling(WORKER_SESSIONS);
    const worker = () => new Client({ ...api, application_name: 'pool-lab-w1' });
    const accepted = [worker(), worker()];
    for (const client of accepted) await client.connect();
    const refused = worker();
    await expect(refused.connect()).rejects.toMatchObject({ code: '53300' });
    await refused.end();
    expect(await monitor.waitUntilGone(WORKER_SESSIONS, 0)).toBe(2);
    // What lives shorter than an interval may fall between two samples; these live for ten.
    await delay(100);
    for (const client of accepted) await client.end();
    expect(await monitor.waitUntilGone(WORKER_SESSIONS, 2_000)).toBe(0);
    const window = await sampling.stop();
    await monitor.close();
    // 6 − 3 reserved − 1 the monitor's: two fit, and the third never got its name.
    expect(window.workerConnectionsPeak).toBe(2);
    expect(window.peakByWorker).toEqual({ 'pool-lab-w1': 2 });
  });
});

test('a server that stops under the monitor is reported as lost', async () => {
  await withSmallServer(async (postgres) => {
    const { superuser, api } = postgres;
    const monitor = await openMonitor({ superuser, api, intervalMs: 10 });
    const sampling = monitor.startSampling(WORKER_SESSIONS);
    await postgres.stop();
    expect(await monitor.lost).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect((await sampling.stop()).lost).toMatch(/lost its connection/);
    await monitor.close();
  });
});

test('one that answers nothing any more is lost, and nobody waits for its farewell', async () => {
  await withSmallServer(async ({ superuser, api }) => {
    const monitor = await openMonitor({ superuser, api, answerDeadlineMs: 200 });
    const client = new Client(superuser);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
      [MONITOR_APPLICATION_NAME],
    );
    await client.end();
    const pid = rows[0]?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(monitor.countOthers(WORKER_SESSIONS)).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
        message: expect.stringContaining('it answers nothing any more'),
      });
      expect(await monitor.lost).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
      await monitor.close();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

test.runIf(process.platform === 'linux')(
  'PostgreSQL’s CPU time keeps that of a session that has ended',
  async () => {
    await withSmallServer(async ({ superuser, postmasterPid }) => {
      const before = readTreeCpuMs(postmasterPid ?? 0) ?? Number.NaN;
      const client = new Client(superuser);
      await client.connect();
      await client.query('SELECT sum(sqrt(i)) FROM generate_series(1, 2000000) AS i');
      const whileOpen = (readTreeCpuMs(postmasterPid ?? 0) ?? Number.NaN) - before;
      await client.end();
      const afterwards = (readTreeCpuMs(postmasterPid ?? 0) ?? Number.NaN) - before;
      expect(whileOpen).toBeGreaterThan(50);
      expect(afterwards).toBeGreaterThanOrEqual(whileOpen - 10);
    });
  },
);
