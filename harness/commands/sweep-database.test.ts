import { expect, test } from 'vitest';
import type { RawFlags } from '../plan/option-table.ts';
import { expandCells } from '../plan/sweep/cells.ts';
import { parseSweepPlan } from '../plan/sweep/parse-sweep-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import type { ForeignDatabase } from '../postgres/foreign-database.ts';
import { FOUND_DATABASE } from '../postgres/test/found-database.ts';
import { databaseFlags } from '../report/sweep/sweep-command-line.ts';
import { askedSweep } from './sweep-asked.ts';
import { requireSameDatabase, sweepOn } from './sweep-database.ts';

const found = (maxConnections: number): ForeignDatabase => ({
  ...FOUND_DATABASE,
  settings: { ...FOUND_DATABASE.settings, maxConnections },
});

const asked = (flags: RawFlags) => askedSweep({ config: 'none', ...flags }, {});
const ON_DB: RawFlags = { postgres: 'url', allowRemoteDb: 'db', workers: '1,2' };

const IN_CONTAINER: RawFlags = { postgres: 'docker', postgresVersion: '15' };

test('every cell has the settings of the server that is there', async () => {
  const { plan } = sweepOn(found(40), await asked(ON_DB));
  if (plan === null) throw new Error('no plan');
  const settings = expandCells(plan).map((cell) => cell.plan.postgres);
  expect(settings).toEqual([found(40).settings, found(40).settings]);
});

test('the way to go on names the database as it was named', async () => {
  const { plan } = await asked({ ...ON_DB, apiVia: 'pool:6432', sharedDbOk: true });
  if (plan === null) throw new Error('no plan');
  expect(databaseFlags(plan)).toBe(' --postgres url --allow-remote-db db --api-via pool:6432');
  expect(databaseFlags(parseSweepPlan({ flags: {}, env: {}, file: null }).plan)).toBe('');
});

test.each<[began: RawFlags, goesOn: RawFlags, slots: number, refused: string | null]>([
  [ON_DB, { postgres: 'url' }, 40, null],
  [{}, {}, 40, null],
  [ON_DB, {}, 40, '--postgres: url there, none here'],
  [{}, { postgres: 'url' }, 40, '--postgres: none there, url here'],
  [ON_DB, { postgres: 'url', apiVia: 'pool:6432' }, 40, '--api-via: none there, pool:6432 here'],
  [IN_CONTAINER, IN_CONTAINER, 40, null],
  [IN_CONTAINER, {}, 40, '--postgres: docker there, none here'],
  [
    IN_CONTAINER,
    { postgres: 'docker', postgresVersion: '16' },
    40,
    '--postgres-image: postgres:15 there, postgres:16 here',
  ],
  [ON_DB, { postgres: 'url' }, 41, '40, 5, 2 there, 41, 5, 2 here'],
])('begun with %j, gone on with %j on %d slots', async (began, goesOn, slots, refused) => {
  const database = (flags: RawFlags, size: number) =>
    flags['postgres'] === 'url' ? found(size) : null;
  const { plan } = sweepOn(database(began, 40), await asked(began));
  if (plan === null) throw new Error('no plan');
  const go = () =>
    requireSameDatabase(
      { directory: 'run', plan },
      {
        database: parseSweepPlan({ flags: goesOn, env: {}, file: null }).database,
        postgres: goesOn['postgres'] === 'url' ? { kind: 'url', database: found(slots) } : EMBEDDED,
      },
    );
  if (refused === null) expect(go).not.toThrow();
  else {
    expect(go).toThrow(
      expect.objectContaining({
        code: 'RESUME_REFUSED',
        message: expect.stringContaining(refused),
      }),
    );
  }
});
