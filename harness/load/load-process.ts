/**
 * Process entry of the load generator, forked by the harness. It has a process of its own so that
 * neither the harness's work nor the server's shares its event loop.
 */
import { runUncorrected } from './autocannon-adapter.ts';
import { type ClosedRunHooks, runClosedLoad } from './closed-engine.ts';
import type { LoadRequest, LoadResult } from './load-engine.ts';
import { type EngineKind, type LoadReport, loadCommandSchema } from './load-message.ts';

const ENGINES: Readonly<
  Record<EngineKind, (request: LoadRequest, hooks: ClosedRunHooks) => Promise<LoadResult>>
> = { closed: runClosedLoad };

let current = new AbortController();

if (process.channel === undefined) {
  console.error('The load process is started by pool-lab itself.');
  process.exit(2);
}

// Without its parent nobody wants the load, nor would anybody end it.
process.on('disconnect', () => process.exit(0));
process.on('message', (raw) => {
  // A rejection here is a bug: it ends the process, and its last lines tell the harness.
  void obey(raw);
});
report({ type: 'ready' });

async function obey(raw: unknown): Promise<void> {
  const command = loadCommandSchema.parse(raw);
  switch (command.type) {
    case 'run': {
      current = new AbortController();
      if (command.aborted) current.abort();
      const result = await ENGINES[command.engine](command.request, {
        signal: current.signal,
        onProgress: (progress) => report({ type: 'progress', progress }),
      });
      report({ type: 'result', result });
      break;
    }
    case 'run-uncorrected':
      report({ type: 'uncorrected-result', result: await runUncorrected(command.request) });
      break;
    case 'stop':
      current.abort();
      break;
  }
}

function report(message: LoadReport): void {
  if (process.connected) process.send?.(message);
}
