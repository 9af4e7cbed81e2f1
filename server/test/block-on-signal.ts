/** Preloaded by a test into the server's processes: a worker that gets SIGUSR2 does something else for long. */
import cluster from 'node:cluster';
import { performance } from 'node:perf_hooks';

const BLOCK_MS = 5_000;

if (cluster.isWorker) {
  process.on('SIGUSR2', () => {
    const startedAt = performance.now();
    while (performance.now() - startedAt < BLOCK_MS) {
      // Busy, as a synchronous computation is.
    }
  });
}
