/** Thread entry: one of several generators of the same load, each with an event loop of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RunControl } from '../load-engine.ts';
import { systemClockUs, US_PER_MS } from '../monotonic-clock.ts';
import { runOpenLoad } from './open-engine.ts';
import {
  type OpenThreadReport,
  openThreadCommandSchema,
  openThreadDataSchema,
} from './open-thread-message.ts';

const { request, thread, threads } = openThreadDataSchema.parse(workerData);
const stopped = new AbortController();
const started = Promise.withResolvers<void>();
let control: RunControl | null = null;

parentPort?.on('message', (raw) => {
  const command = openThreadCommandSchema.parse(raw);
  switch (command.type) {
    case 'start':
      sleepUntil(command.atUs);
      started.resolve();
      break;
    case 'switch':
      void switchOrigin(command);
      break;
    case 'stop':
      stopped.abort();
      // A run that was never started is over as well.
      started.resolve();
      break;
  }
});

const result = await runOpenLoad(
  request,
  {
    signal: stopped.signal,
    onProgress: (progress) => report({ type: 'progress', progress }),
    onControl: (ofRun) => {
      control = ofRun;
    },
  },
  {
    thread,
    threads,
    start: () => {
      report({ type: 'ready' });
      return started.promise;
    },
  },
);
report({ type: 'result', result });
parentPort?.close();

function report(message: OpenThreadReport): void {
  parentPort?.postMessage(message);
}

async function switchOrigin(asked: {
  readonly switchId: number;
  readonly origin: string;
}): Promise<void> {
  await control?.switchOrigin(asked.origin);
  report({ type: 'switched', switchId: asked.switchId });
}

/** Blocks: nothing is under way yet, and a timer would miss the moment by a millisecond. */
function sleepUntil(atUs: number): void {
  const leftMs = (atUs - systemClockUs()) / US_PER_MS;
  if (leftMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, leftMs);
}
