import type { ServerConfig } from '../../server/contract.ts';
import type { Pgbouncer } from '../pgbouncer/pgbouncer.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { requireScriptsRun } from '../sql/try-scripts.ts';
import { withDatabaseWay } from './database-way.ts';
import type { Api, SentStatements } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { type ServerProcess, withServer } from './server-process.ts';
import { startServerSideFeed } from './server-side-feed.ts';
import { serverConfig, type TrialPorts } from './trial-request.ts';

/**
 * The API of a plan for the time of `use`. Its metrics show the database, by what the monitor sees, and
 * its processes are known to the lab's observer. Where the plan asks for a distance or for faults, the API alone
 * connects through them: the monitor and the seeding stay where they are. One that runs already cannot be told; where nobody else
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
  return await withDatabaseWay(lab, { plan, database: config.database }, (far, way) => {
    const { database, pgbouncer, readDistance, faults } = way;
    const statements = chooseStatements(lab, plan, pgbouncer);
    const asFound = { ...config, preparedStatements: statements.named, database };
    return withOwnApi(far, { plan, config: asFound }, (server) => {
      const ended = AbortSignal.any([server.ended, way.ended]);
      return use({ ...server, ended, readDistance, faults, statements, pgbouncer });
    });
  });
}

/** With names, unless what lies in between cannot carry them, or the plan says otherwise. */
function chooseStatements(
  { viaSettings }: Lab,
  { preparedStatements, pooler }: TrialPlan,
  pgbouncer: Pgbouncer | null,
): SentStatements {
  const problem =
    pgbouncer === null || pgbouncer.carriesStatements
      ? (viaSettings?.statementsProblem ?? null)
      : `PgBouncer ${pgbouncer.version} in ${pooler?.mode} mode cannot carry them`;
  const named = preparedStatements === 'auto' ? problem === null : preparedStatements === 'on';
  return { named, problem };
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
      if (config.sql !== undefined) await requireScriptsRun(server.url, plan, lab.signal);
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
