/**
 * Process entry of the self-test's server, forked by the harness. It has a process of its own, so
 * that what it knows of itself owes nothing to the engine that is judged by it.
 */
import { type StubReport, stubCommandSchema } from './stub-message.ts';
import { type StubServer, type StubTruth, startStubServer } from './stub-server.ts';
import { type Stretch, TimerCanary } from './timer-canary.ts';

let current: { readonly stub: StubServer; readonly canary: TimerCanary } | null = null;

if (process.channel === undefined) {
  console.error('The stub process is started by pool-lab itself.');
  process.exit(2);
}

// Without its parent nobody asks for the truth, nor would anybody end it.
process.on('disconnect', () => process.exit(0));
process.on('message', (raw) => {
  // A rejection here is a bug: it ends the process, and its last lines tell the harness.
  void obey(raw);
});
report({ type: 'ready' });

async function obey(raw: unknown): Promise<void> {
  const command = stubCommandSchema.parse(raw);
  switch (command.type) {
    case 'start': {
      const stub = await startStubServer(command.plan);
      current = { stub, canary: new TimerCanary() };
      report({ type: 'started', origin: stub.origin });
      break;
    }
    case 'stop': {
      if (current === null) throw new Error('no stub to stop');
      const { stub, canary } = current;
      current = null;
      const truth = stub.truth();
      const reading = canary.stop(busyStretch(truth));
      await stub.close();
      report({ type: 'stopped', truth, canary: reading });
      break;
    }
  }
}

/** From the first request to the last thing that happened to one. */
function busyStretch({ times }: StubTruth): Stretch {
  const moments = times.flatMap(({ arrivedMs, endedMs }) => [arrivedMs, endedMs ?? arrivedMs]);
  return {
    fromMs: moments[0] ?? 0,
    untilMs: moments.reduce((latest, moment) => Math.max(latest, moment), 0),
  };
}

function report(message: StubReport): void {
  if (process.connected) process.send?.(message);
}
