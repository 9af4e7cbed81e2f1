import { expect, test } from 'vitest';
import { HARNESS_METRICS } from '../../server/contract.ts';
import { exposition } from './exposition.ts';
import { MachineMetrics } from './machine-metrics.ts';
import { scrapeText } from './test/scrape-text.ts';

const cpu = (part: string): string => `${HARNESS_METRICS.cpuSecondsTotal}{part="${part}"}`;

/** A machine whose processes have used what the test says. */
function machineWith(cpuMs: ReadonlyMap<number, number>, cpuPressureMs: number | null = 1_500) {
  const machine = { nowMs: 0, readings: 0, cpuMs };
  const metrics = new MachineMetrics({
    treesCpuMs: (pids) => {
      machine.readings += 1;
      return pids.map((pid) => machine.cpuMs.get(pid) ?? null);
    },
    cpuPressureMs: () => cpuPressureMs,
    nowMs: () => machine.nowMs,
  });
  const scrape = (): ReadonlyMap<string, number> => scrapeText(exposition(metrics.families()));
  return { machine, metrics, scrape };
}

test('processes that came and went stay counted in their part', () => {
  const { machine, metrics, scrape } = machineWith(new Map([[7, 1_000]]));
  const ends = metrics.onProcess('api', 7);
  expect(scrape().get(cpu('api'))).toBe(1);
  machine.cpuMs = new Map([[7, 1_250]]);
  ends();
  ends();
  expect(scrape().get(cpu('api'))).toBe(1.25);
  machine.cpuMs = new Map([[9, 500]]);
  metrics.onProcess('api', 9);
  expect(scrape().get(cpu('api'))).toBe(1.75);
});

test('what was used never falls, even where a reading does', () => {
  const { machine, metrics, scrape } = machineWith(new Map([[7, 1_000]]));
  metrics.onProcess('postgresql', 7);
  scrape();
  machine.nowMs = 10_000;
  machine.cpuMs = new Map([[7, 900]]);
  expect(scrape().get(cpu('postgresql'))).toBe(1);
  machine.nowMs = 20_000;
  machine.cpuMs = new Map();
  expect(scrape().get(cpu('postgresql'))).toBe(1);
});

test('scrapes in a row share one reading', () => {
  const { machine, metrics, scrape } = machineWith(new Map([[7, 1_000]]));
  metrics.onProcess('generator', 7);
  for (machine.nowMs = 0; machine.nowMs < 500; machine.nowMs += 100) scrape();
  expect(machine.readings).toBe(1);
  machine.nowMs = 500;
  scrape();
  expect(machine.readings).toBe(2);
});

test('what the machine does not tell is not there', () => {
  const { metrics, scrape } = machineWith(new Map(), null);
  const ends = metrics.onProcess('api', 7);
  expect(scrape()).toEqual(new Map());
  ends();
  expect(scrape()).toEqual(new Map());
});

test('this machine tells what this process has used', () => {
  const metrics = new MachineMetrics();
  metrics.onProcess('generator', process.pid);
  const used = scrapeText(exposition(metrics.families())).get(cpu('generator'));
  if (process.platform === 'linux') expect(used).toBeGreaterThan(0);
  else expect(used).toBeUndefined();
});
