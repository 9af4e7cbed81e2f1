/**
 * Process entry of the load generator, forked by the harness. It has a process of its own so that
 * neither the harness's work nor the server's shares its event loop.
 */
import { runUncorrected } from './closed/autocannon-adapter.ts';
import { runClosedLoad } from './closed/closed-engine.ts';
import type { LoadEngine, RunControl } from './load-engine.ts';
import { type LoadReport, loadCommandSchema } from './load-message.ts';
import { runOpenLoad } from './open/open-engine.ts';
import { runOpenThreads } from './open/open-threads.ts';

const run: LoadEngine['run'] = async (request, hooks) => {
  switch (request.model.kind) {
    case 'closed':
      return await runClosedLoad(request, hooks);
    case 'open':
      return request.model.threads > 1
        ? await runOpenThreads(request, hooks)
        : await runOpenLoad(request, hooks);
  }
};

let current = new AbortController();
/** Of the current run. */
let control: RunControl | null = null;

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
      const result = await run(command.request, {
        signal: current.signal,
        onProgress: (progress) => report({ type: 'progress', progress }),
        onStart: (atUs) => report({ type: 'started', atUs }),
        onControl: (ofRun) => {
          control = ofRun;
        },
      });
      control = null;
      report({ type: 'result', result });
      break;
    }
    case 'run-uncorrected':
      report({ type: 'uncorrected-result', result: await runUncorrected(command.request) });
      break;
    case 'switch':
      await control?.switchOrigin(command.origin);
      report({ type: 'switched', switchId: command.switchId });
      break;
    case 'stop':
      current.abort();
      break;
  }
}

function report(message: LoadReport): void {
  if (process.connected) process.send?.(message);
}
