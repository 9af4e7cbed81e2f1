import {
  APPLICATION_NAME_PREFIX,
  type DatabaseConfig,
  type ServerConfig,
} from '../../server/contract.ts';
import { withDistantDatabase } from '../distance/distant-database.ts';
import { LabError } from '../lab-error.ts';
import { type Pgbouncer, withPgbouncer } from '../pgbouncer/pgbouncer.ts';
import { requirePgbouncer } from '../pgbouncer/pgbouncer-program.ts';
import { NO_DISTANCE } from '../plan/distance.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Api, SentStatements } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { readPgbouncer } from './pgbouncer-reading.ts';
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
  return await withPooler(lab, { plan, database: config.database }, (pooled, pgbouncer) => {
    const database = pgbouncer?.database ?? config.database;
    const statements = chooseStatements(lab, plan, pgbouncer);
    const preparedStatements = statements.named;
    return withFarDatabase(pooled, { plan, database }, (far, network) => {
      const asFound = { ...config, preparedStatements, database: network.database };
      return withOwnApi(far, { plan, config: asFound }, (server) =>
        use({
          ...server,
          ended: AbortSignal.any([
            server.ended,
            ...[network.ended, pgbouncer?.ended].filter((it) => it !== undefined),
          ]),
          readDistance: network.readDistance,
          faults: network.faults,
          statements,
          pgbouncer,
        }),
      );
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
    const pooled = { ...lab, signal, pgbouncer: () => readPgbouncer(pgbouncer.console) };
    return use(pooled, pgbouncer);
  });
}

interface Network {
  /** What the API connects with. */
  readonly database: DatabaseConfig;
  readonly readDistance: Api['readDistance'];
  readonly faults: Api['faults'];
  readonly ended?: AbortSignal;
}

/** The lab with the network that the plan asks for, long or disturbed, or as it is where it asks for none. */
async function withFarDatabase<T>(
  lab: Lab,
  { plan, database }: { readonly plan: TrialPlan; readonly database: DatabaseConfig },
  use: (lab: Lab, network: Network) => Promise<T>,
): Promise<T> {
  const { seed } = plan;
  const isFar = plan.distance.rttMs > 0;
  if (!isFar && plan.faults.length === 0) {
    return await use(lab, { database, readDistance: null, faults: null });
  }
  // Without a round trip its jitter and bandwidth say nothing either.
  const distance = isFar ? plan.distance : NO_DISTANCE;
  const target = { ...database, host: database.hostAddress ?? database.host };
  if (target.host.startsWith('/')) throw withoutNetwork(target.host);
  return await withDistantDatabase({ target, distance, seed }, lab, (network) => {
    const { host, port, ended, read, faults } = network;
    const signal = AbortSignal.any([lab.signal, ended]);
    return use(
      { ...lab, signal },
      {
        // The certificate is still that of the host behind the network.
        database: { ...database, hostAddress: host, port },
        readDistance: isFar ? read : null,
        faults,
        ended,
      },
    );
  });
}

/** Of the lab's own PostgreSQL this is known before; here it is the address that somebody gave. */
function withoutNetwork(directory: string): LabError {
  return new LabError('CONFIG_INVALID', {
    message: `the database is reached by a socket in ${directory}, which crosses no network that --db-rtt or --db-fault could be of`,
    hint: 'Give its TCP address, or leave --db-rtt and --db-fault out.',
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
