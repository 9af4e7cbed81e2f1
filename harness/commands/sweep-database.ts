import { LabError } from '../lab-error.ts';
import { databaseSettings } from '../plan/database-asked.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { type ChosenPostgres, foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import type { ForeignDatabase } from '../postgres/foreign-database.ts';
import type { AskedSweep } from './sweep-asked.ts';
import type { OpenRun } from './sweep-run.ts';

export interface PostgresChoice {
  /** The lab's own is started anew for each stretch of cells. */
  readonly postgres: ChosenPostgres;
}

/** What was asked for, with the settings that the server has: no cell can have others. */
export function sweepOn(database: ForeignDatabase | null, asked: AskedSweep): AskedSweep {
  if (database === null || asked.plan === null) return asked;
  const { settings } = database;
  const plan: SweepPlan = {
    ...asked.plan,
    axes: { ...asked.plan.axes, maxConnections: [settings.maxConnections] },
    base: { ...asked.plan.base, postgres: settings },
  };
  return { ...asked, plan };
}

/**
 * A sweep is gone on with where it began: on the lab's own PostgreSQL, or on one with the same settings.
 *
 * @throws LabError RESUME_REFUSED
 */
export function requireSameDatabase(
  { directory, plan }: Pick<OpenRun, 'directory' | 'plan'>,
  { database, postgres }: Pick<AskedSweep, 'database'> & PostgresChoice,
): void {
  const foreignDatabase = foreignDatabaseOf(postgres);
  const here = databaseSettings(database);
  const differences = ['postgres', 'postgres-image', 'api-via'].flatMap((flag) => {
    const [began, asked] = [plan.settings[flag], here[flag]].map((it) => it?.join(' ') ?? 'none');
    return began === asked ? [] : [`--${flag}: ${began} there, ${asked} here`];
  });
  if (foreignDatabase !== null && differences.length === 0) {
    const [began, found] = [plan.base.postgres, foreignDatabase.settings].map((it) =>
      [it.maxConnections, it.superuserReservedConnections, it.reservedConnections].join(', '),
    );
    if (began !== found) {
      differences.push(
        `max_connections, superuser_reserved_connections, reserved_connections: ${began} there, ${found} here`,
      );
    }
  }
  if (differences.length === 0) return;
  throw new LabError('RESUME_REFUSED', {
    message: `${directory} was measured on another PostgreSQL: ${differences.join('; ')}`,
    hint: 'go on with the same one, or begin a new run with --out',
  });
}
