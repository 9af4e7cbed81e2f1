/**
 * Process entry of the server under test: reads the environment once and becomes the primary or,
 * forked by it, a worker. With an IPC channel it talks to its parent and stops with it; without one
 * it prints one line a message on stdout.
 */
import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { parseServerConfig } from './config.ts';
import {
  CONTAINER_MARKS,
  parentMessageSchema,
  type ServerConfig,
  type ServerMessage,
} from './contract.ts';

const EXIT_OK = 0;
const EXIT_FAILED = 1;
const EXIT_CONFIG = 2;
/** Wrappers (npm, timeout) pass a signal on that the whole group got already: one, not two. */
const SIGNAL_ECHO_MS = 300;

const parsed = parseServerConfig(process.env, {
  inContainer: CONTAINER_MARKS.files.some(existsSync) || Boolean(process.env[CONTAINER_MARKS.env]),
});
if (!parsed.ok) {
  for (const problem of parsed.problems) console.error(problem);
  process.exit(EXIT_CONFIG);
}
// Each side loads its own modules only: the primary forks before a web framework could have loaded.
await (cluster.isPrimary ? runPrimary(parsed.config) : runWorker(parsed.config));

async function runPrimary(config: ServerConfig): Promise<void> {
  const { startCluster } = await import('./cluster/cluster.ts');
  const hasParent = process.send !== undefined;
  const server = startCluster({
    config,
    workerEntry: import.meta.filename,
    execArgv: process.execArgv,
    send: hasParent ? sendToParent : (message) => console.log(describe(message)),
    log: (line) => console.error(line),
  });
  if (hasParent) {
    process.on('message', (raw) => {
      const message = parentMessageSchema.safeParse(raw);
      if (message.success) server.receive(message.data);
      else console.error(`not a message of the contract: ${message.error.message}`);
    });
    // The parent is gone, and with it everybody who could wait for an answer.
    process.on('disconnect', () => server.stop(0));
    // It may have gone while the modules were loading.
    if (!process.connected) server.stop(0);
  }
  let firstSignalAtMs: number | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      firstSignalAtMs ??= performance.now();
      // A second one means now; the workers end with their channel.
      if (performance.now() - firstSignalAtMs > SIGNAL_ECHO_MS) process.exit(EXIT_FAILED);
      server.stop(config.graceMs);
    });
  }
  // A closed pipe at the other end is no reason to crash; there is nobody to tell.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  void server.finished.then((exitCode) => exitWhenSent(exitCode));
}

function sendToParent(message: ServerMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Messages to the parent are queued; disconnecting flushes them first. */
function exitWhenSent(exitCode: number): void {
  process.exitCode = exitCode;
  if (!process.connected) process.exit(exitCode);
  process.removeAllListeners('disconnect');
  process.once('disconnect', () => process.exit(exitCode));
  process.disconnect();
}

async function runWorker(config: ServerConfig): Promise<void> {
  // Not to be left behind, whatever happens; also set by node:cluster itself.
  process.on('disconnect', () => process.exit(EXIT_OK));
  // A terminal's Ctrl-C reaches the whole group; the primary decides how its workers end.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const { startWorker } = await import('./cluster/worker.ts');
  const { primaryMessageSchema } = await import('./cluster/worker-message.ts');
  const worker = await startWorker({
    workerId: cluster.worker?.id ?? 0,
    config,
    send: (message) =>
      new Promise((resolve) => {
        if (process.connected && process.send) {
          process.send(message, undefined, undefined, () => resolve());
        } else resolve();
      }),
    log: (line) => console.error(line),
  });
  process.on('message', (raw) => worker.receive(primaryMessageSchema.parse(raw)));
  process.on('SIGTERM', () => worker.receive({ type: 'drain', graceMs: config.graceMs }));
  await worker.finished;
  process.exit(EXIT_OK);
}

function describe(message: ServerMessage): string {
  switch (message.type) {
    case 'ready':
      return `ready: ${message.url} with ${message.workers.length} workers, admin ${message.adminUrl}`;
    case 'waiting':
      return `waiting for the database (${message.message}): ${message.url}, admin ${message.adminUrl}`;
    case 'failed':
      return `failed (${message.code}): ${message.message}`;
    case 'worker-died':
      return `worker ${message.worker} died: ${message.signal ?? `exit code ${message.exitCode}`}`;
    case 'rolling-restart-done':
      return `rolling restart done: ${message.replaced} workers in ${Math.round(message.durationMs)} ms, at most ${message.workersPeak} at once`;
    case 'rolling-restart-failed':
      return `rolling restart failed: ${message.message}`;
    case 'stopped':
      return 'stopped';
  }
}
