/**
 * Process entry of the network between API and database, forked by the harness. It has a process of its
 * own: neither the harness's event loop nor the API's may carry what they are measured with.
 */
import { systemClockUs } from '../load/monotonic-clock.ts';
import { realTimeline } from '../load/open/real-timeline.ts';
import { type DistanceProxy, startDistanceProxy } from './distance-proxy.ts';
import { type ProxyReport, proxyCommandSchema } from './proxy-message.ts';

let proxy: DistanceProxy | null = null;

if (process.channel === undefined) {
  console.error('The proxy process is started by pool-lab itself.');
  process.exit(2);
}

// Without its parent nobody needs the network, nor would anybody end it.
process.on('disconnect', () => process.exit(0));
process.on('message', (raw) => {
  // A rejection here is a bug: it ends the process, and its last lines tell the harness.
  void obey(raw);
});
report({ type: 'ready' });

async function obey(raw: unknown): Promise<void> {
  const command = proxyCommandSchema.parse(raw);
  switch (command.type) {
    case 'listen': {
      if (proxy !== null) throw new Error('it listens already');
      proxy = await startDistanceProxy(command, realTimeline);
      report({ type: 'listening', port: proxy.port });
      break;
    }
    case 'read': {
      if (proxy === null) throw new Error('nothing to read yet');
      report({ type: 'reading', reading: proxy.read() });
      break;
    }
    case 'begin-faults': {
      if (proxy === null) throw new Error('nothing to disturb yet');
      const agoUs = systemClockUs() - command.atUs;
      proxy.faults.begin(command.faults, realTimeline.nowUs() - agoUs);
      break;
    }
    case 'end-faults': {
      if (proxy === null) throw new Error('nothing was disturbed yet');
      report({ type: 'faults-ended', faults: [...proxy.faults.end()] });
      break;
    }
  }
}

function report(message: ProxyReport): void {
  if (process.connected) process.send?.(message);
}
