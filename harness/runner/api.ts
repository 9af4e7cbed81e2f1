import type { ServerConfig } from '../../server/contract.ts';
import { withDistantDatabase } from '../distance/distant-database.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Api } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { type ServerProcess, withServer } from './server-process.ts';
import { startServerSideFeed } from './server-side-feed.ts';
import { serverConfig, type TrialPorts } from './trial-request.ts';

/**
 * The API of a plan for the time of `use`. Its metrics show the database, by what the monitor sees, and
 * its processes are known to the lab's observer. Where the plan asks for a distance, the API alone connects
 * through it: the monitor and the seeding stay where they are. One that runs already cannot be told; where nobody else
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
  const config = serverConfig(lab, plan, ports);
  if (plan.distance.rttMs === 0) {
    return await withOwnApi(lab, { plan, config }, (server) =>
      use({ ...server, readDistance: null }),
    );
  }
  const { distance, seed } = plan;
  return await withDistantDatabase({ target: config.database, distance, seed }, lab, (network) => {
    const { host, port } = network;
    const signal = AbortSignal.any([lab.signal, network.ended]);
    const farAway = { ...config, database: { ...config.database, host, port } };
    return withOwnApi({ ...lab, signal }, { plan, config: farAway }, (server) =>
      use({
        ...server,
        ended: AbortSignal.any([server.ended, network.ended]),
        readDistance: network.read,
      }),
    );
  });
}

async function withOwnApi<T>(
  lab: Lab,
  { plan, config }: { readonly plan: TrialPlan; readonly config: ServerConfig },
  use: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const deps = { ...lab, databaseRttMs: plan.distance.rttMs };
  return await withServer(config, deps, async (server) => {
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
