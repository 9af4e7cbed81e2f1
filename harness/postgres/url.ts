import type { Client } from 'pg';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { API_ROLE } from './cluster-template.ts';
import { randomPassword } from './credentials.ts';
import { type ForeignDatabase, withOwner } from './foreign-database.ts';
import { closeApiRole, openApiRole } from './marked-role.ts';
import type { PostgresProvider } from './provider.ts';

/** SQLSTATE insufficient_privilege. */
const NO_PRIVILEGE = '42501';

/**
 * A server that is there already. Starting it means to make the API's role in it, or to give that a new
 * password; stopping, to let nobody log in as that role. Everything else of it is left as it is: the
 * workloads' schema is marked and serves the next run.
 */
export function createUrlPostgres(
  database: ForeignDatabase,
  { warn }: { readonly warn: (sentence: string) => void },
): PostgresProvider {
  const { owner, settings, version } = database;
  return {
    kind: 'url',
    start: async (_settings, signal) => {
      signal.throwIfAborted();
      const startedAt = performance.now();
      const password = randomPassword();
      if (!database.drivesTheApi) {
        await asOwner(database, (client) =>
          openApiRole(client, { password, database: owner.database }),
        );
      }
      let stopping: Promise<void> | null = null;
      const stop = async (): Promise<void> => {
        if (database.drivesTheApi) return;
        try {
          await asOwner(database, closeApiRole);
        } catch (error) {
          // Nobody knows its password, so that what was measured matters more.
          warn(`the role ${API_ROLE} could still log in: ${describeError(error)}`);
        }
      };
      return {
        capabilities: {
          setsSettings: false,
          isOwn: false,
          showsProcesses: false,
          isSuperuser: database.isSuperuser,
        },
        api: { ...owner, ...database.apiVia, user: database.apiRole, password },
        superuser: owner,
        version,
        settings,
        timings: { stageMs: 0, initMs: 0, readyMs: performance.now() - startedAt },
        postmasterPid: null,
        dataDirectory: null,
        // Whether a server that somebody else runs has ended, only its connections tell.
        died: new Promise(() => undefined),
        stop: () => {
          stopping ??= stop();
          return stopping;
        },
      };
    },
  };
}

async function asOwner(
  { owner }: ForeignDatabase,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  try {
    await withOwner(owner, use);
  } catch (cause) {
    if (systemErrorCode(cause) !== NO_PRIVILEGE) throw cause;
    throw new LabError('DATABASE_UNUSABLE', {
      message: `the role ${owner.user} may not change the role ${API_ROLE}: ${describeError(cause)}`,
      hint: `give the address of a superuser or of the role that made it, or drop it there: DROP OWNED BY ${API_ROLE}; DROP ROLE ${API_ROLE}`,
      cause,
    });
  }
}
