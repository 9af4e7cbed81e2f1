import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { NO_DISTANCE } from '../plan/distance.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { identifyProcess } from '../process-table.ts';
import { createRedactor } from '../report/redactor.ts';
import { withLab } from '../runner/lab.ts';
import { runTrial } from '../runner/trial.ts';
import { startWatchdog } from '../runner/watchdog.ts';
import { withDistantDatabase } from './distant-database.ts';

test('over a network, too, a pool has no more than its size and overflow on the server', async () => {
  // Thinking clients come in bursts, so that overflow is opened and closed all the time.
  const { plan } = parseTrialPlan({
    flags: {
      ...{ workers: '2', poolSize: '1', maxOverflow: '2', maxConnections: '30' },
      ...{ connections: '8', thinkTime: '60ms', warmup: '200ms', duration: '2s' },
      ...{ dbRtt: '6ms', dbJitter: '3ms', dbBandwidth: '100mbit' },
    },
    env: {},
  });
  const trial = await withLab(
    plan.postgres,
    {
      poolLabVersion: 'test',
      postgres: EMBEDDED,
      env: process.env,
      signal: new AbortController().signal,
      redactor: createRedactor(),
      labParent: LAB_DIRECTORY_PARENT,
      warn: (sentence) => expect.unreachable(sentence),
    },
    (lab) => runTrial(lab, plan),
  );
  const opened = trial.workers.reduce((sum, worker) => sum + worker.opened, 0);
  expect(opened, 'connections opened').toBeGreaterThan(2 * 3);
  expect(Object.keys(trial.connections.peakByWorker)).toEqual(['1', '2']);
  for (const peak of Object.values(trial.connections.peakByWorker)) {
    expect(peak).toBeLessThanOrEqual(3);
  }
  expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
  expect(trial.laws.map(({ name }) => name)).toContain('nothing left behind');
  expect(trial.requests).toMatchObject({ httpErrors: {}, connectionErrors: {}, lost: 0 });
  // The warm-up's connections are not in the reading, the window's are.
  expect(trial.distance?.connections).toBeLessThanOrEqual(opened);
  expect(trial.distance?.deliveries).toBeGreaterThan(2 * trial.requests.ok);
});

const ASKED = { distance: { ...NO_DISTANCE, rttMs: 2 }, seed: 1 };

test('the network lives as long as it is used, and whoever uses it learns of an earlier end', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const target = { host: '127.0.0.1', port: address.port };
  const custodian = startWatchdog();

  const pid = await withDistantDatabase({ ...ASKED, target }, { custodian }, async (network) => {
    const client = connect(network.port, network.host);
    client.write('there and back');
    expect(String((await once(client, 'data'))[0])).toBe('there and back');
    expect(await network.read()).toMatchObject({ connections: 1, deliveries: 3 });
    client.destroy();
    return network.pid;
  });
  expect(identifyProcess(pid)).toBeNull();

  await withDistantDatabase({ ...ASKED, target }, { custodian }, async (network) => {
    process.kill(network.pid, 'SIGKILL');
    await once(network.ended, 'abort');
    expect(network.ended.reason).toMatchObject({
      code: 'DISTANCE_FAILED',
      message: expect.stringContaining('SIGKILL'),
    });
    await expect(network.read()).rejects.toMatchObject({ code: 'DISTANCE_FAILED' });
  });
  await new Promise((resolve) => server.close(resolve));
  await custodian.close();
});
