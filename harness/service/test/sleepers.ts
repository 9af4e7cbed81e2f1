import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses } from '../../process-table.ts';
import type { RunningService } from '../running-service.ts';

/** Of a leaking service, when one of them has been deserted. */
export const SLEEPERS = 9;
const PROCESSES = 11;
const LEAKED_WITHIN_MS = 8_000;

/** Resolves when all of them are there and seen, and one has lost its parent. */
export async function leaked(service: Pick<RunningService, 'origin' | 'processes'>): Promise<void> {
  const untilMs = performance.now() + LEAKED_WITHIN_MS;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      if (performance.now() > untilMs) throw new Error('the fixture did not leak');
      await delay(10);
    }
  };
  await until(() => service.processes() === PROCESSES);
  await (await fetch(`${service.origin}/desert`)).arrayBuffer();
  await until(() => sleepersOf(service.origin) === SLEEPERS);
}

/** Processes that a leaking service has left behind, and their shells: whoever speaks of its port and sleeps. */
export function sleepersOf(origin: string): number {
  const { port } = new URL(origin);
  return listProcesses().filter(({ command }) => command.includes(`sleep 600.${port}`)).length;
}
