import { listProcesses } from '../../process-table.ts';

/** Processes that a leaking service has left behind, and their shells: whoever speaks of its port and sleeps. */
export function sleepersOf(origin: string): number {
  const { port } = new URL(origin);
  return listProcesses().filter(({ command }) => command.includes(`sleep 600.${port}`)).length;
}
