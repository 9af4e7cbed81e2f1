import {
  APPLICATION_NAME_PREFIX,
  type DatabaseConfig,
  type ServerConfig,
} from '../../server/contract.ts';
import { withDistantDatabase } from '../distance/distant-database.ts';
import { type Pgbouncer, withPgbouncer } from '../pgbouncer/pgbouncer.ts';
import { requirePgbouncer } from '../pgbouncer/pgbouncer-program.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Api } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { type ServerProcess, withServer } from './server-process.ts';
import { startServerSideFeed } from './server-side-feed.ts';
import { serverConfig, type TrialPorts } from './trial-request.ts';

/**
 * The API of a plan for the time of `use`. Its metrics show the database, by what the monitor sees, and
 * its processes are known to the lab's observer. Where the plan asks for a distance, the API alone
 * connects through it: the monitor and the seeding stay where they are. One that runs already cannot be told; where nobody else
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
  return await withPooler(lab, { plan, database: config.database }, (pooled, pgbouncer) => {
    const database = pgbouncer?.database ?? config.database;
    return withFarDatabase(pooled, { plan, database }, (far, network) =>
      withOwnApi(far, { plan, config: { ...config, database: network.database } }, (server) =>
        use({
          ...server,
          ended: AbortSignal.any([
            server.ended,
            ...[network.ended, pgbouncer?.ended].filter((it) => it !== undefined),
          ]),
          readDistance: network.readDistance,
          pgbouncer,
        }),
      ),
    );
  });
}

/** The lab with the PgBouncer that the plan asks for, or as it is where it asks for none. */
async function withPooler<T>(
  lab: Lab,
  { plan, database }: { readonly plan: TrialPlan; readonly database: DatabaseConfig },
  use: (lab: Lab, pgbouncer: Pgbouncer | null) => Promise<T>,
): Promise<T> {
  const { pooler } = plan;
  if (pooler === null) return await use(lab, null);
  const program = await requirePgbouncer(lab.baseEnvironment);
  const applicationName = `${APPLICATION_NAME_PREFIX}0`;
  return await withPgbouncer({ program, pooler, database, applicationName }, lab, (pgbouncer) => {
    const signal = AbortSignal.any([lab.signal, pgbouncer.ended]);
    const pooled = { ...lab, signal, pgbouncer: () => pgbouncer.console.read() };
    return use(pooled, pgbouncer);
  });
}

interface Network {
  /** What the API connects with. */
  readonly database: DatabaseConfig;
  readonly readDistance: Api['readDistance'];
  readonly ended?: AbortSignal;
}

/** The lab with the distance that the plan asks for, or as it is where it asks for none. */
async function withFarDatabase<T>(
  lab: Lab,
  { plan, database }: { readonly plan: TrialPlan; readonly database: DatabaseConfig },
  use: (lab: Lab, network: Network) => Promise<T>,
): Promise<T> {
  const { distance, seed } = plan;
  if (distance.rttMs === 0) return await use(lab, { database, readDistance: null });
  return await withDistantDatabase({ target: database, distance, seed }, lab, (network) => {
    const { host, port, ended, read } = network;
    const signal = AbortSignal.any([lab.signal, ended]);
    const farAway = { database: { ...database, host, port }, readDistance: read, ended };
    return use({ ...lab, signal }, farAway);
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
