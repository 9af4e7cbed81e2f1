import { expect, test } from 'vitest';
import { MONITOR_APPLICATION_NAME } from '../../server/contract.ts';
import type { BackendGroup } from '../postgres/monitor-queries.ts';
import { WORKER_SESSIONS } from '../postgres/watched-sessions.ts';
import { createWindowAccumulator } from './monitor-window.ts';

function group(
  applicationName: string,
  state: string,
  backends: number,
  waitEvent: string | null = null,
): BackendGroup {
  const who = { role: 'api', database: 'lab', address: '127.0.0.1' };
  return { applicationName, ...who, state, backends, waitEvent };
}

test('the peak of all workers is that of one moment, not the sum of each worker’s own', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  window.add(0, [group('pool-lab-w1', 'idle', 5), group('pool-lab-w2', 'idle', 1)]);
  window.add(100, [group('pool-lab-w1', 'idle', 1), group('pool-lab-w2', 'idle', 4)]);
  expect(window.result()).toMatchObject({
    workerConnectionsPeak: 6,
    peakByWorker: { 'pool-lab-w1': 5, 'pool-lab-w2': 4 },
  });
});

test('the peaks so far are those of the whole, and stay when connections go', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  expect(window.peaks()).toEqual({ workers: 0, all: 0, worker: 0 });
  window.add(0, [group('pool-lab-w1', 'idle', 5), group('psql', 'idle', 2)]);
  window.add(100, [group('pool-lab-w1', 'idle', 1), group('pool-lab-w2', 'idle', 3)]);
  expect(window.peaks()).toEqual({ workers: 5, all: 7, worker: 5 });
});

test('what is there now is that of the last sample', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  expect(window.live()).toEqual({ workersNow: 0, workersPeak: 0, allNow: 0, allPeak: 0 });
  window.add(0, [group('pool-lab-w1', 'idle', 5), group('psql', 'idle', 2)]);
  window.add(100, [group('pool-lab-w1', 'idle', 1), group('psql', 'idle', 1)]);
  expect(window.live()).toEqual({ workersNow: 1, workersPeak: 5, allNow: 2, allPeak: 7 });
});

test('one worker in several states counts once per connection', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  window.add(0, [group('pool-lab-w1', 'idle', 2), group('pool-lab-w1', 'active', 3)]);
  expect(window.result()).toMatchObject({ peakByWorker: { 'pool-lab-w1': 5 } });
});

test('connecting backends and strangers take slots but are nobody’s worker connections', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  window.add(0, [
    group('pool-lab-w1', 'active', 2),
    group('', 'starting', 3),
    group('psql', 'idle', 1),
    group('pool-lab-monitor', 'active', 1),
  ]);
  const result = window.result();
  expect(result).toMatchObject({
    workerConnectionsPeak: 2,
    clientBackendsPeak: 7,
    startingPeak: 3,
  });
  expect(result.seconds).toMatchObject([{ second: 0, othersMean: 2, startingPeak: 3 }]);
});

test('wait-event shares are those of active backends alone, and add up to one', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  window.add(0, [
    group('pool-lab-w1', 'active', 2, 'Lock/transactionid'),
    group('pool-lab-w1', 'active', 1),
    group('pool-lab-w1', 'idle', 9, 'Client/ClientRead'),
    group('pool-lab-w1', 'idle in transaction', 4, 'Client/ClientRead'),
    group('psql', 'active', 5, 'IO/WalSync'),
  ]);
  window.add(100, [group('pool-lab-w1', 'active', 1)]);
  const { waitEventShares, meanByState } = window.result();
  expect(waitEventShares).toEqual({ 'Lock/transactionid': 0.5, CPU: 0.5 });
  expect(meanByState).toEqual({ active: 2, idle: 4.5, 'idle in transaction': 2 });
});

test('means of a second divide by its own samples', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  window.add(0, [group('pool-lab-w1', 'active', 4, 'Lock/tuple')]);
  window.add(900, []);
  window.add(1000, [group('pool-lab-w1', 'idle in transaction (aborted)', 2)]);
  expect(window.result().seconds).toEqual([
    {
      second: 0,
      samples: 2,
      workerConnectionsPeak: 4,
      workerConnectionsMean: 2,
      othersMean: 0,
      startingPeak: 0,
      activeMean: 2,
      idleInTransactionMean: 0,
      waitingForLocksMean: 2,
    },
    {
      second: 1,
      samples: 1,
      workerConnectionsPeak: 2,
      workerConnectionsMean: 2,
      othersMean: 0,
      startingPeak: 0,
      activeMean: 0,
      idleInTransactionMean: 2,
      waitingForLocksMean: 0,
    },
  ]);
});

test('a window in which nothing was active has no wait events, and no division by zero', () => {
  const window = createWindowAccumulator(WORKER_SESSIONS);
  window.add(0, [group('pool-lab-w1', 'idle', 3)]);
  expect(window.result().waitEventShares).toEqual({});
  expect(createWindowAccumulator(WORKER_SESSIONS).result()).toMatchObject({
    samples: 0,
    meanByState: {},
  });
});

test('of a service its role’s sessions are told, and neither the lab’s nor anybody else’s', () => {
  const window = createWindowAccumulator({ kind: 'role', role: 'api' });
  const others = { ...group('psql', 'idle', 3), role: 'somebody' };
  const monitor = group(MONITOR_APPLICATION_NAME, 'active', 1);
  window.add(0, [group('orders', 'active', 4), others, monitor]);
  window.add(100, [group('orders', 'idle', 2), others, monitor]);
  expect(window.result()).toMatchObject({
    ...{ workerConnectionsPeak: 4, clientBackendsPeak: 8, peakByWorker: {} },
    sessions: [
      {
        ...{ applicationName: 'orders', role: 'api', address: '127.0.0.1', peak: 4 },
        meanByState: { active: 2, idle: 1 },
      },
    ],
  });
});
