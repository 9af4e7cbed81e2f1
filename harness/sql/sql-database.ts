import { LabError } from '../lab-error.ts';
import type { ReadSqlFile } from '../plan/sql-asked.ts';
import type { SqlFile, SqlPlan } from '../plan/sql-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { randomPassword } from '../postgres/credentials.ts';
import { connectOwner } from '../postgres/foreign-database.ts';
import { MONITOR_SESSION } from '../postgres/monitor-queries.ts';
import { hideDatabasePassword } from '../postgres/password-secrecy.ts';
import type { StartedPostgres } from '../postgres/provider.ts';
import type { Redactor } from '../report/redactor.ts';
import { describeError } from '../system-error.ts';
import { DATA_OWNER_ROLE, renewDataOwner } from './data-owner.ts';
import { withDataSession } from './data-session.ts';
import { giveRights, type RoleRights } from './role-rights.ts';
import { runDataFile } from './run-data-file.ts';

/** The database as the user's own SQL finds it, trial by trial. */
export interface SqlDatabase {
  /** Sessions of the API have to ask for read-only transactions: nobody else does. */
  readonly readOnlySessions: boolean;
  /**
   * Before a trial: data as its files make it, anew after a trial that could write, and the role's rights.
   *
   * @throws LabError SQL_FAILED, CONFIG_INVALID
   */
  prepare(plan: Pick<TrialPlan, 'sql' | 'service'>, signal: AbortSignal): Promise<void>;
  /** After a trial: a statement that was told to end and did not is ended. */
  finish(plan: Pick<TrialPlan, 'sql'>): Promise<void>;
}

export function createSqlDatabase(deps: {
  readonly postgres: Pick<StartedPostgres, 'superuser' | 'api' | 'capabilities'>;
  readonly redactor: Redactor;
  readonly readSql: ReadSqlFile;
  readonly warn: (sentence: string) => void;
}): SqlDatabase {
  return deps.postgres.capabilities.isOwn ? new OwnSqlDatabase(deps) : new GivenSqlDatabase(deps);
}

/** Somebody's: what is in it and who may do what is not the lab's to change. */
class GivenSqlDatabase implements SqlDatabase {
  readonly readOnlySessions = true;
  readonly #deps: Parameters<typeof createSqlDatabase>[0];
  #warned = false;

  constructor(deps: Parameters<typeof createSqlDatabase>[0]) {
    this.#deps = deps;
  }

  prepare({ sql }: Pick<TrialPlan, 'sql' | 'service'>): Promise<void> {
    if (sql === null) return Promise.resolve();
    if (sql.schema !== null || sql.seed !== null) {
      throw new LabError('CONFIG_INVALID', {
        message: "--sql-schema and --sql-seed are run in the lab's own PostgreSQL only",
        hint: 'run them in yours yourself, and leave them out',
      });
    }
    if (sql.scripts.length > 0 && !this.#warned) {
      this.#warned = true;
      const { user } = this.#deps.postgres.api;
      this.#deps.warn(
        sql.allowWrites
          ? `your SQL may write whatever the role ${user} may there, and what it writes stays`
          : `your SQL runs as the role ${user}, in transactions that are read-only by default; what keeps it from writing all the same are the rights of that role`,
      );
    }
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}

class OwnSqlDatabase implements SqlDatabase {
  readonly readOnlySessions = false;
  readonly #deps: Parameters<typeof createSqlDatabase>[0];
  /** As they were given last; a new database has those of the lab's own workloads. */
  #rights = JSON.stringify({ kind: 'own' } satisfies RoleRights);
  /** The files that the data is of, and whether something may have been written since. */
  #data: { readonly of: string; isWritten: boolean } | null = null;

  constructor(deps: Parameters<typeof createSqlDatabase>[0]) {
    this.#deps = deps;
  }

  async prepare(
    { sql, service }: Pick<TrialPlan, 'sql' | 'service'>,
    signal: AbortSignal,
  ): Promise<void> {
    const rights = rightsOf(sql, service);
    if (sql !== null) await this.#fill(sql, signal);
    // It may write from now on, however the trial ends.
    const canWrite = rights.kind === 'writes' || rights.kind === 'service';
    if (this.#data !== null && canWrite) this.#data.isWritten = true;
    const asText = JSON.stringify(rights);
    if (asText === this.#rights) return;
    const { superuser, api } = this.#deps.postgres;
    await withDataSession({ role: superuser, of: 'administration', signal }, (client) =>
      giveRights(client, { role: api.user, rights }),
    );
    this.#rights = asText;
  }

  async finish({ sql }: Pick<TrialPlan, 'sql'>): Promise<void> {
    if (sql === null || sql.scripts.length === 0) return;
    const { superuser, api } = this.#deps.postgres;
    try {
      const client = await connectOwner(superuser, MONITOR_SESSION);
      try {
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = $1 AND datname = $2 AND state <> 'idle'`,
          [api.user, api.database],
        );
      } finally {
        await client.end();
      }
    } catch (error) {
      // What was measured matters more; that sessions are left is told by whoever waits for their end.
      this.#deps.warn(`a statement of a script may still run: ${describeError(error)}`);
    }
  }

  async #fill({ schema, seed }: SqlPlan, signal: AbortSignal): Promise<void> {
    const files = [schema, seed].filter((file) => file !== null);
    if (files.length === 0) return;
    const of = JSON.stringify(files.map(({ sha256 }) => sha256));
    if (this.#data?.of === of && !this.#data.isWritten) return;
    const texts = files.map((file) => ({ path: file.path, text: this.#textOf(file) }));
    const { postgres, redactor } = this.#deps;
    const { superuser, api } = postgres;
    const owner = {
      ...superuser,
      database: api.database,
      user: DATA_OWNER_ROLE,
      password: randomPassword(),
    };
    hideDatabasePassword(owner, redactor);
    this.#data = null;
    // What it makes is new, and nobody has a right to it yet.
    this.#rights = '';
    await withDataSession({ role: superuser, of: 'administration', signal }, (client) =>
      renewDataOwner(client, {
        password: owner.password,
        apiRole: api.user,
        database: api.database,
      }),
    );
    for (const file of texts) {
      await withDataSession({ role: owner, of: 'files', signal }, (client) =>
        runDataFile(client, file),
      );
    }
    // Estimates of tables that were just filled would be those of empty ones.
    await withDataSession({ role: owner, of: 'files', signal }, (client) =>
      client.query('ANALYZE'),
    );
    this.#data = { of, isWritten: false };
  }

  #textOf({ path, sha256 }: SqlFile): string {
    const read = this.#deps.readSql(path, null);
    if (!read.ok) {
      throw new LabError('CONFIG_INVALID', {
        message: `${path} ${read.problem}`,
        hint: read.remedy,
      });
    }
    if (read.sha256 !== sha256) {
      throw new LabError('CONFIG_INVALID', {
        message: `${path} was changed since the plan was made`,
        hint: 'bring it back as it was, or begin a new run',
      });
    }
    return read.text;
  }
}

function rightsOf(sql: SqlPlan | null, service: TrialPlan['service']): RoleRights {
  if (sql === null) return { kind: 'own' };
  if (service !== null) return { kind: 'service' };
  const { allowWrites, statementTimeoutMs } = sql;
  return { kind: allowWrites ? 'writes' : 'read-only', statementTimeoutMs };
}
