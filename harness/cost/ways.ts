import type { DatabaseConfig } from '../../server/contract.ts';
import { VARIANTS, type VariantId } from '../analysis/cost/variants.ts';
import { withDistantDatabase } from '../distance/distant-database.ts';
import { withPgbouncer } from '../pgbouncer/pgbouncer.ts';
import { locatePgbouncer } from '../pgbouncer/pgbouncer-program.ts';
import { NO_DISTANCE } from '../plan/distance.ts';
import { POOLER_DEFAULTS } from '../plan/pooler.ts';
import type { StartedPostgres } from '../postgres/provider.ts';
import type { Lab } from '../runner/lab.ts';
import type { Way, Ways } from './measure-connections.ts';
import { openPrivateAccess } from './private-access.ts';

/** What a connection of PgBouncer to PostgreSQL is called. */
const POOLER_NAME = 'pool-lab cost pooler';

/**
 * Every way there is to this lab's PostgreSQL, for the time of `use`, and a signal that is aborted when one of
 * them ends, or the lab is to.
 */
export async function withWays<T>(
  lab: Lab,
  { seed }: { readonly seed: number },
  use: UseWays<T>,
): Promise<T> {
  const near = await nearWays(lab);
  const distances = [...new Set(VARIANTS.map(({ rttMs }) => rttMs))].filter((rttMs) => rttMs > 0);
  return await withPooledWay(lab, near, (pooled, signal) =>
    withDistantWays({ ...lab, signal }, { ways: pooled, distances, seed }, use),
  );
}

type UseWays<T> = (ways: Ways, signal: AbortSignal) => Promise<T>;

/**
 * On a server of the lab's own all of them are opened; on another one there is what its address says, and
 * what it answers when it is asked for TLS.
 */
async function nearWays({ postgres, signal }: Lab): Promise<Ways> {
  const access = await openPrivateAccess(postgres, signal);
  if (access !== null) {
    const { open, trusted, socket } = access;
    const tls = isEncrypted(postgres.api) ? postgres.api : { absent: 'it was not asked for' };
    return ways({ tcp: open, trust: trusted, tls, socket });
  }
  return ways(givenWays(postgres));
}

function givenWays({
  api,
}: Pick<StartedPostgres, 'api'>): Readonly<Partial<Record<VariantId, Way>>> {
  const absent = {
    trust: { absent: 'only the embedded server’s access rules are in the lab’s hands' },
    socket: { absent: 'the server is reached by TCP' },
  };
  if (api.host.startsWith('/')) {
    const bySocket = { absent: 'the server is reached by its socket' };
    return { ...absent, socket: api, tcp: bySocket, tls: bySocket };
  }
  if (isEncrypted(api)) {
    return { ...absent, tls: api, tcp: { absent: 'the address asks for TLS' } };
  }
  return { ...absent, tcp: api, tls: { ...api, sslMode: 'require' } };
}

function ways(some: Readonly<Partial<Record<VariantId, Way>>>): Ways {
  return new Map(
    VARIANTS.flatMap(({ id }) => {
      const way = some[id];
      return way === undefined ? [] : [[id, way] as const];
    }),
  );
}

function isEncrypted({ sslMode = 'disable' }: DatabaseConfig): boolean {
  return sslMode !== 'disable';
}

/** With a PgBouncer in front of the first way that there is; to PgBouncer itself it is TCP in the open. */
async function withPooledWay<T>(lab: Lab, near: Ways, use: UseWays<T>): Promise<T> {
  const withWay = (way: Way): Ways => new Map([...near, ['pgbouncer', way]]);
  const target = (['tcp', 'tls', 'socket'] as const)
    .map((id) => near.get(id))
    .find((way): way is DatabaseConfig => way !== undefined && !('absent' in way));
  if (target === undefined) throw new Error('a lab without a way to its PostgreSQL');
  const search = await locatePgbouncer(lab.baseEnvironment);
  if (search.state === 'missing') return await use(withWay({ absent: search.reason }), lab.signal);
  const { program } = search;
  const pooler = { ...POOLER_DEFAULTS, mode: 'transaction' } as const;
  return await withPgbouncer(
    { program, pooler, database: target, applicationName: POOLER_NAME },
    lab,
    ({ database, ended }) => use(withWay(database), AbortSignal.any([lab.signal, ended])),
  );
}

/** The ways to each distance, a network at a time around the rest. */
async function withDistantWays<T>(
  lab: Lab,
  {
    ways: near,
    distances,
    seed,
  }: { readonly ways: Ways; readonly distances: readonly number[]; readonly seed: number },
  use: UseWays<T>,
): Promise<T> {
  const [rttMs, ...rest] = distances;
  if (rttMs === undefined) return await use(near, lab.signal);
  const goOn = (further: readonly (readonly [VariantId, Way])[], signal = lab.signal): Promise<T> =>
    withDistantWays(
      { ...lab, signal },
      { ways: new Map([...near, ...further]), distances: rest, seed },
      use,
    );

  const variants = VARIANTS.filter((variant) => variant.rttMs === rttMs);
  const wayTo = (nearId: VariantId | null): Way =>
    (nearId === null ? undefined : near.get(nearId)) ?? { absent: 'it was not asked for' };
  const target = variants.map(({ near: id }) => wayTo(id)).find((way) => !('absent' in way));
  if (target === undefined || 'absent' in target) {
    return await goOn(variants.map(({ id, near: nearId }) => [id, wayTo(nearId)]));
  }
  const { host, hostAddress = host, port } = target;
  return await withDistantDatabase(
    { target: { host: hostAddress, port }, distance: { ...NO_DISTANCE, rttMs }, seed },
    lab,
    (network) =>
      goOn(
        variants.map(({ id, near: nearId }) => {
          const way = wayTo(nearId);
          if ('absent' in way) return [id, way];
          // The name stays: a certificate has to be of it.
          return [id, { ...way, hostAddress: network.host, port: network.port }];
        }),
        AbortSignal.any([lab.signal, network.ended]),
      ),
  );
}
