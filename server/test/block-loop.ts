/** Preloaded by a test into the server's processes: its workers do something else a third of the time. */
import cluster from 'node:cluster';
import { performance } from 'node:perf_hooks';

const BLOCK_MS = 20;
const PAUSE_MS = 40;

/** After pauses of different length: regular ones would fall into step with the requests. */
function blockAgain(): void {
  setTimeout(
    () => {
      const startedAt = performance.now();
      while (performance.now() - startedAt < BLOCK_MS) {
        // Busy, as a synchronous computation is.
      }
      blockAgain();
    },
    2 * PAUSE_MS * Math.random(),
  ).unref();
}

if (cluster.isWorker) blockAgain();
