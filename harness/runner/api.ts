import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Api } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { type ServerProcess, withServer } from './server-process.ts';
import { startServerSideFeed } from './server-side-feed.ts';
import { serverConfig, type TrialPorts } from './trial-request.ts';

/**
 * The API of a plan for the time of `use`. Its metrics show the database, by what the monitor sees, and
 * its processes are known to the lab's observer. One that runs already cannot be told; where nobody else
 * does, the observer is.
 */
export async function withApi<T>(
  lab: Lab,
  { plan, ports }: { readonly plan: TrialPlan; readonly ports: TrialPorts },
  use: (server: Api) => Promise<T>,
): Promise<T> {
  const { drivenApi } = lab;
  if (drivenApi !== null) {
    const show = drivenApi.showsDatabase ? null : lab.observer.onServerSide;
    return await withFeed(lab, { plan, show }, () => use(drivenApi));
  }
  return await withServer(serverConfig(lab, plan, ports), lab, async (server) => {
    const processEnds = lab.observer.onProcess('api', server.pid);
    try {
      return await withFeed(lab, { plan, show: server.showServerSide }, () => use(server));
    } finally {
      processEnds();
    }
  });
}

/** @param show `null`: it is shown already, and twice would be counted twice */
async function withFeed<T>(
  lab: Lab,
  {
    plan,
    show,
  }: { readonly plan: TrialPlan; readonly show: ServerProcess['showServerSide'] | null },
  use: () => Promise<T>,
): Promise<T> {
  if (show === null) return await use();
  const { monitor, warn, pgbouncer } = lab;
  const feed = startServerSideFeed({ monitor, plan, show, warn, pgbouncer });
  try {
    return await use();
  } finally {
    await feed.stop();
  }
}
