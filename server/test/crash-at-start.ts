/** Preloaded by a test into the server's processes: its workers end before they begin. */
import cluster from 'node:cluster';

if (cluster.isWorker) throw new Error('crashed on purpose');
