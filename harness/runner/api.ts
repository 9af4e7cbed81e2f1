import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Lab } from './lab.ts';
import { type ServerProcess, withServer } from './server-process.ts';
import { startServerSideFeed } from './server-side-feed.ts';
import { serverConfig, type TrialPorts } from './trial-request.ts';

/**
 * The API of a plan for the time of `use`. Its metrics show the database, by what the monitor sees, and
 * its processes are known to the lab's observer.
 */
export async function withApi<T>(
  lab: Lab,
  { plan, ports }: { readonly plan: TrialPlan; readonly ports: TrialPorts },
  use: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  return await withServer(serverConfig(lab, plan, ports), lab, async (server) => {
    const processEnds = lab.observer.onProcess('api', server.pid);
    const feed = startServerSideFeed({
      monitor: lab.monitor,
      plan,
      show: server.showServerSide,
      warn: lab.warn,
      pgbouncer: lab.pgbouncer,
    });
    try {
      return await use(server);
    } finally {
      await feed.stop();
      processEnds();
    }
  });
}
