import { expect } from 'vitest';
import { HARNESS_METRICS, type ServerSideSample } from '../../server/contract.ts';
import { simulateOpenRun } from '../load/test/simulated-run.ts';
import { machineClockMs } from '../machine-clock.ts';
import { optional } from '../test/optional.ts';
import { detectPrometheus, findingsOfPromtool } from '../test/prometheus-binaries.ts';
import { exposition } from './exposition.ts';
import { LoadMetrics } from './load-metrics.ts';
import { MachineMetrics } from './machine-metrics.ts';
import { ServerSideMetrics } from './server-side-metrics.ts';

const prometheus = await optional('prometheus', detectPrometheus);

const EVERYTHING: ServerSideSample = {
  takenAtMs: machineClockMs(),
  maxConnections: 30,
  superuserReserved: 3,
  reserved: 0,
  connections: [{ state: 'active', worker: '1', connections: 4 }],
  active: [{ waitEventType: 'Lock', connections: 3 }],
  transactions: { committed: 100, rolledBack: 5, sessions: 7 },
  budget: { floor: 8, ceiling: 16, usable: 24 },
  pgbouncer: {
    clients: { active: 6, waiting: 2 },
    servers: { active: 2, idle: 0, used: 0, tested: 0, login: 0 },
    maxWaitMs: 1_500,
    totals: { transactions: 7, queries: 9, waitMs: 2_500 },
  },
};

prometheus.test('promtool has nothing to say about everything the harness can export', async () => {
  const load = new LoadMetrics();
  const run = load.begin('measure');
  const { progress } = await simulateOpenRun({
    request: { durationMs: 2_000 },
    server: { treat: () => ({ kind: 'answered', afterMs: 5 }) },
  });
  for (const report of progress) run.progress(report);
  const machine = new MachineMetrics({
    treesCpuMs: () => [1_000],
    cpuPressureMs: () => 1_000,
    nowMs: () => 0,
  });
  machine.onProcess('api', 1);
  const serverSide = new ServerSideMetrics(() => 0);
  serverSide.show(EVERYTHING);
  const families = [...load.families(), ...machine.families(), ...serverSide.families()];
  const text = exposition(families);
  for (const name of Object.values(HARNESS_METRICS)) expect(text).toContain(`\n${name}`);
  expect(await findingsOfPromtool(prometheus.get(), text)).toBe('');
});

prometheus.test('promtool is asked in a way that lets it complain', async () => {
  expect(
    await findingsOfPromtool(prometheus.get(), '# TYPE requests counter\nrequests 1\n'),
  ).toContain('_total');
});
