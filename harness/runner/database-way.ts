import { APPLICATION_NAME_PREFIX, type DatabaseConfig } from '../../server/contract.ts';
import { withDistantDatabase } from '../distance/distant-database.ts';
import { LabError } from '../lab-error.ts';
import { type Pgbouncer, withPgbouncer } from '../pgbouncer/pgbouncer.ts';
import { requirePgbouncer } from '../pgbouncer/pgbouncer-program.ts';
import { NO_DISTANCE } from '../plan/distance.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Api } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { readPgbouncer } from './pgbouncer-reading.ts';

/** What lies between the tested system and PostgreSQL, and how it is reached. */
export interface DatabaseWay {
  /** What the tested system connects with. */
  readonly database: DatabaseConfig;
  readonly pgbouncer: Pgbouncer | null;
  readonly readDistance: Api['readDistance'];
  readonly faults: Api['faults'];
  /** Of everything in between. */
  readonly ended: AbortSignal;
}

/**
 * The pooler and the network that a plan asks for, for the time of `use`. The tested system alone connects through them:
 * the monitor and the seeding stay where they are.
 *
 * @param database what the tested system would connect with if nothing was in between
 */
export async function withDatabaseWay<T>(
  lab: Lab,
  { plan, database }: { readonly plan: TrialPlan; readonly database: DatabaseConfig },
  use: (lab: Lab, way: DatabaseWay) => Promise<T>,
): Promise<T> {
  return await withPooler(lab, { plan, database }, (pooled, pgbouncer) =>
    withFarDatabase(pooled, { plan, database: pgbouncer?.database ?? database }, (far, network) => {
      const ended = [network.ended, pgbouncer?.ended].filter((it) => it !== undefined);
      return use(far, { ...network, pgbouncer, ended: AbortSignal.any(ended) });
    }),
  );
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
