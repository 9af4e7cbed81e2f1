import type { ServerSideSample } from '../../server/contract.ts';
import type { WatchedEnvironment } from '../analysis/trial-machine.ts';
import type { Custodian } from '../custodian.ts';
import { LabError } from '../lab-error.ts';
import { createLoadEngine } from '../load/load-process-engine.ts';
import type { LoadSession } from '../load/load-session.ts';
import { openPgbouncerConsole, type PgbouncerConsole } from '../pgbouncer/pgbouncer-console.ts';
import type { PgbouncerSettings } from '../pgbouncer/pgbouncer-settings.ts';
import { type ChosenPostgres, foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import { createDockerPostgres } from '../postgres/docker.ts';
import { createEmbeddedPostgres } from '../postgres/embedded.ts';
import type { ForeignDatabase } from '../postgres/foreign-database.ts';
import { hideDatabasePassword } from '../postgres/password-secrecy.ts';
import type { PostgresProvider, PostgresSettings, StartedPostgres } from '../postgres/provider.ts';
import { createUrlPostgres } from '../postgres/url.ts';
import { type Watched, WORKER_SESSIONS } from '../postgres/watched-sessions.ts';
import type { Redactor } from '../report/redactor.ts';
import { createSqlDatabase, type SqlDatabase } from '../sql/sql-database.ts';
import { readSqlFile } from '../sql-file.ts';
import { childEnvironment } from './child-environment.ts';
import type { DrivenApi } from './driven-api.ts';
import { watchedEnvironment } from './environment.ts';
import { type LabObserver, UNOBSERVED } from './lab-observer.ts';
import { type Monitor, openMonitor } from './monitor.ts';
import { pause } from './pause.ts';
import { readPgbouncer } from './pgbouncer-reading.ts';
import { seedDatabase } from './seeding.ts';
import { openDatabaseToService } from './service-database.ts';
import type { JudgedTarget } from './target-consent.ts';
import { startWatchdog } from './watchdog.ts';

/**
 * What all trials on one PostgreSQL share: the server with the workloads' data, the monitor that got
 * its slot before any load, and the load process.
 */
export interface Lab {
  readonly postgres: StartedPostgres;
  readonly monitor: Monitor;
  readonly load: LoadSession;
  /** Which engine made the load is known with its result. */
  readonly environment: Omit<WatchedEnvironment, 'loadEngine'>;
  /** Connections of everybody but the API, the monitor's own among them, before any load. */
  readonly others: number;
  /** What SQL of the user's own finds in the database, and may do there. */
  readonly sql: SqlDatabase;
  /** Which sessions are the tested system's. */
  readonly watched: Watched;
  /** Origin of what runs already and goes on; `null`: each trial starts its own. */
  readonly target: string | null;
  /** Where a service that runs already is connected to; `null`: none does. */
  readonly judged: JudgedTarget | null;
  /** The API that is driven, where it runs already. */
  readonly drivenApi: DrivenApi | null;
  /** `host:port` or kind of what the API connects through; `null`: to PostgreSQL itself, or unknown. */
  readonly apiVia: string | null;
  /** What it is configured to do, by its own console; `null`: there is none, or it did not tell. */
  readonly viaSettings: PgbouncerSettings | null;
  readonly custodian: Custodian;
  /** Parent of the lab's own directory. */
  readonly labParent: string;
  /** Learns every password before anything can print it. */
  readonly redactor: Redactor;
  readonly observer: LabObserver;
  /** Reads PgBouncer's console and never rejects; `null` where the API reaches PostgreSQL directly. */
  readonly pgbouncer: (() => Promise<ServerSideSample['pgbouncer']>) | null;
  /** A sentence for the user beside the result. */
  readonly warn: (sentence: string) => void;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  /** The harness's own. */
  readonly env: LabDeps['env'];
  /** Aborted by the user, or because PostgreSQL or the monitor's connection is gone. */
  readonly signal: AbortSignal;
  /** Time each step of the start took, in ms. */
  readonly startMs: Readonly<Record<string, number>>;
}

export interface LabDeps {
  readonly poolLabVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Learns every password before anything can print it. */
  readonly redactor: Redactor;
  /** Parent of the lab's own directory. */
  readonly labParent: string;
  readonly warn: (sentence: string) => void;
  /** Where PostgreSQL comes from. Required: a default would quietly be another server than was asked for. */
  readonly postgres: ChosenPostgres;
  /** An API that runs already, on that PostgreSQL. @default null, each trial starts its own */
  readonly drivenApi?: DrivenApi | null;
  /** A service of the user's own that the trials start. @default false, it is the lab's own API */
  readonly startsService?: boolean;
  /** One that runs already, on that PostgreSQL. @default null */
  readonly drivenService?: DrivenService | null;
  /** @default nobody */
  readonly observer?: LabObserver;
}

/** A service of the user's own that runs already. */
export interface DrivenService {
  readonly origin: string;
  readonly judged: JudgedTarget;
}

/** What each lab of a process is given alike, whichever PostgreSQL it has. */
export type LabSurroundings = Omit<
  LabDeps,
  'postgres' | 'drivenApi' | 'startsService' | 'drivenService' | 'observer'
>;

/** Starts everything for the time of `use`, and ends everything on every path. */
export async function withLab<T>(
  settings: PostgresSettings,
  deps: LabDeps,
  use: (lab: Lab) => Promise<T>,
): Promise<T> {
  const { observer = UNOBSERVED } = deps;
  await using stack = new AsyncDisposableStack();
  const watchdog = stack.adopt(startWatchdog(), (it) => it.close());
  void watchdog.died.then(() =>
    deps.warn('the watchdog ended: should this process be killed now, nobody cleans up'),
  );
  const baseEnvironment = childEnvironment(deps);
  const startMs: Record<string, number> = {};
  let lapMs = performance.now();
  const lap = (step: string): void => {
    startMs[step] = performance.now() - lapMs;
    lapMs = performance.now();
  };

  // The load process starts beside PostgreSQL: neither needs the other to get ready.
  const loading = createLoadEngine({
    onSpawn: (pid) => watchdog.guard({ kind: 'process-group', pid }),
  }).open();
  // Its failure is seen where it is awaited; until then it must not count as unhandled.
  loading.catch(() => undefined);
  stack.defer(() => loading.then((it) => it.close()).catch(() => undefined));

  const { drivenApi = null, startsService = false, drivenService = null } = deps;
  const foreignDatabase = foreignDatabaseOf(deps.postgres);
  const via = foreignDatabase?.apiVia ?? null;
  const provider = chooseProvider(deps, watchdog);
  const postgres = stack.adopt(await provider.start(settings, deps.signal), (it) => it.stop());
  for (const role of [postgres.api, postgres.superuser]) hideDatabasePassword(role, deps.redactor);
  if (postgres.postmasterPid !== null) {
    stack.defer(observer.onProcess('postgresql', postgres.postmasterPid));
  }
  lap('startPostgres');

  const broken = new AbortController();
  const died = postgres.died.then(({ lastLines }) => postgresDied(lastLines));
  void died.then((error) => broken.abort(error));
  const monitor = stack.adopt(
    await openMonitor({
      superuser: postgres.superuser,
      session: postgres.session,
      api: postgres.api,
    }),
    (it) => it.close(),
  );
  void monitor.lost.then((error) => broken.abort(error));
  lap('openMonitor');

  const pgbouncer = pgbouncerConsole(foreignDatabase, deps.warn);
  if (pgbouncer !== null) stack.adopt(pgbouncer, (it) => it.close());
  // Before the API has a connection: whoever is its client now is somebody else.
  const viaSettings = (await pgbouncer?.readSettings()) ?? null;

  const signal = AbortSignal.any([deps.signal, broken.signal]);
  // Who started the API that is driven has seeded its database as well.
  if (startsService) {
    if (foreignDatabase === null) await openDatabaseToService(postgres.superuser, postgres.api);
  } else if (drivenApi === null && drivenService === null) {
    await seedDatabase({
      owner: postgres.superuser,
      apiRole: postgres.api.user,
      baseEnvironment,
      custodian: watchdog,
      signal,
    });
  }
  lap('seed');
  const load = await loading;
  stack.defer(observer.onProcess('generator', load.pid));
  lap('startLoad');

  // Which roles and names a service has that was started elsewhere, nobody told.
  const driven: Watched | null =
    drivenService === null ? null : { kind: 'database', database: postgres.superuser.database };
  const lab: Lab = {
    postgres,
    monitor,
    load,
    environment: await watchedEnvironment(deps.poolLabVersion, {
      provider: provider.kind,
      postgres,
      monitor,
    }),
    others: await monitor.countOthers(driven ?? WORKER_SESSIONS),
    sql: createSqlDatabase({ ...deps, postgres, readSql: readSqlFile }),
    // Before one is started there is none of its sessions: whoever has its role then is somebody else.
    watched:
      driven ?? (startsService ? { kind: 'role', role: postgres.api.user } : WORKER_SESSIONS),
    target: drivenApi?.url ?? drivenService?.origin ?? null,
    judged: drivenService?.judged ?? null,
    drivenApi,
    apiVia: via === null ? viaOf(drivenApi) : `${bracketed(via.host)}:${via.port}`,
    viaSettings,
    custodian: watchdog,
    labParent: deps.labParent,
    redactor: deps.redactor,
    observer,
    pgbouncer: pgbouncer === null ? null : () => readPgbouncer(pgbouncer),
    warn: deps.warn,
    baseEnvironment,
    env: deps.env,
    signal,
    startMs,
  };
  try {
    return await use(lab);
  } catch (error) {
    throw await whyLost(error, died);
  }
}

/** A container's end is told later than its connections break. */
const DEATH_TOLD_MS = 1_000;

/** Of a server that has ended, its last lines say more than that a connection was lost. */
async function whyLost(error: unknown, died: Promise<LabError>): Promise<unknown> {
  if (!(error instanceof LabError) || error.code !== 'DATABASE_UNREACHABLE') return error;
  const told = new AbortController();
  try {
    return await Promise.race([died, pause(DEATH_TOLD_MS, told.signal).then(() => error)]);
  } finally {
    told.abort();
  }
}

function chooseProvider(deps: LabDeps, custodian: Custodian): PostgresProvider {
  const { postgres } = deps;
  switch (postgres.kind) {
    case 'embedded':
      return createEmbeddedPostgres({ custodian, labParent: deps.labParent });
    case 'docker':
      return createDockerPostgres(postgres, { ...deps, custodian });
    case 'url':
      return createUrlPostgres(postgres.database, deps);
  }
}

/** Where somebody else's API connects, no more is known than what its metrics show. */
function viaOf(api: DrivenApi | null): string | null {
  return api?.showsPgbouncer === true ? 'a PgBouncer' : null;
}

/** IPv6 addresses stand in brackets before a port. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** What the API connects through is asked for its own numbers, as the role that was given. */
function pgbouncerConsole(
  foreignDatabase: ForeignDatabase | null,
  warn: LabDeps['warn'],
): PgbouncerConsole | null {
  if (foreignDatabase === null || foreignDatabase.apiVia === null) return null;
  const { owner, apiVia } = foreignDatabase;
  const { user, password, database } = owner;
  return openPgbouncerConsole({ address: { ...apiVia, user, password }, database, warn });
}

function postgresDied(lastLines: readonly string[]): LabError {
  return new LabError('POSTGRES_DIED', {
    message: 'PostgreSQL ended in the middle of the measurement',
    hint: `Its last lines:\n${lastLines.join('\n')}`,
  });
}
