import { expect, test } from 'vitest';
import { planOf, soundObservations } from '../analysis/test/observations.ts';
import type { StartedPostgres } from '../postgres/provider.ts';
import type { MonitorWindow } from './monitor-window.ts';
import { createWindowAccumulator } from './monitor-window.ts';
import { openServiceAccount } from './service-account.ts';
import type { ServiceInstances } from './service-instances.ts';

const STOPPED = { stopMs: 80, killed: 0 };
const { load } = soundObservations();
const window: MonitorWindow = {
  ...createWindowAccumulator({ kind: 'role', role: 'api' }).result(),
  ...{ durationMs: 1_000, intervalMs: 100, samplesMissed: 0, samplesLate: 0, sampleGapMsMax: 100 },
  ...{ transactions: null, transports: null, lost: null },
};

/** A service that was busy before its window, and its server; each of the counts as it stands now. */
function busyBefore(): {
  -readonly [name in 'cpuMs' | 'poolTimeouts' | 'refused' | 'lines']: number;
} {
  return { cpuMs: 1_500, poolTimeouts: 7, refused: 40, lines: 100 };
}

test('of what counts since the start of a service or its server, the window has its own part', async () => {
  const now = busyBefore();
  await using account = await openServiceAccount(
    served(now),
    around(() => now.refused),
  );
  Object.assign(now, { cpuMs: 2_100, poolTimeouts: 9, refused: 43, lines: 130 });
  const { service } = await account.end({ load, window });
  expect(service?.(STOPPED).reading).toMatchObject({
    refusalsLogged: 3,
    said: { poolTimeouts: 2, refusals: 0, lines: 30 },
    process: { cpuMs: 600, readyMs: 420, processesPeak: 3, ...STOPPED },
  });
});

test('a log that is not to be read tells of no refusals, which is not none', async () => {
  await using account = await openServiceAccount(served(busyBefore()), around(null));
  const { service } = await account.end({ load, window });
  expect(service?.(STOPPED).reading).toMatchObject({
    refusalsLogged: null,
    unseen: expect.arrayContaining([expect.stringContaining("the server's log is not the lab's")]),
  });
});

function around(refusals: StartedPostgres['refusals']): Parameters<typeof openServiceAccount>[1] {
  const { signal } = new AbortController();
  return { lab: { postgres: { refusals }, signal }, plan: planOf(), wrongBefore: [] };
}

function served(now: ReturnType<typeof busyBefore>): Parameters<typeof openServiceAccount>[0] {
  const origin = 'http://127.0.0.1:40123';
  const instances: ServiceInstances = {
    ...{ origin, pid: 1, shown: 'serve', readyMs: 420 },
    ended: new AbortController().signal,
    cpuMs: () => now.cpuMs,
    processesPeak: () => 3,
    said: () => ({ poolTimeouts: now.poolTimeouts, refusals: 0, lines: now.lines }),
    lastLines: () => [],
    replace: () => Promise.resolve(),
    stop: () => Promise.resolve(STOPPED),
  };
  return { url: origin, judged: { origin, host: null }, metricsPath: null, instances };
}
