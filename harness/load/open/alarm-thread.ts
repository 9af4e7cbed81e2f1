/** Thread entry of an alarm: it sleeps until the moment that is set, and says so. */
import { parentPort, workerData } from 'node:worker_threads';
import { AlarmMemory } from './alarm-memory.ts';

if (!(workerData instanceof SharedArrayBuffer)) throw new Error('started without its memory');
const memory = new AlarmMemory(workerData);
parentPort?.postMessage(null);
// It ends with `terminate()`, which interrupts the wait.
for (;;) {
  memory.waitUntilDue();
  parentPort?.postMessage(null);
}
