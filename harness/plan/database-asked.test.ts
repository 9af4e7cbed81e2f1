import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { databaseSettings } from './database-asked.ts';
import type { RawFlags } from './option-table.ts';
import { parseTrialPlan } from './parse-trial-plan.ts';

const parse = (flags: RawFlags, env: Readonly<Record<string, string>> = {}) =>
  parseTrialPlan({ flags, env });

function refusal(flags: RawFlags): string {
  try {
    parse(flags);
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('a container is asked for by version or by image', () => {
  expect(parse({ postgres: 'docker' }).database).toEqual({
    kind: 'docker',
    image: 'postgres:18',
    version: 18,
  });
  expect(parse({ postgres: 'docker', postgresVersion: '15' }).database).toEqual({
    kind: 'docker',
    image: 'postgres:15',
    version: 15,
  });
  expect(parse({ postgres: 'docker', postgresImage: 'a/b:c' }).database).toEqual({
    kind: 'docker',
    image: 'a/b:c',
    version: null,
  });
  expect(parse({}).database).toEqual({ kind: 'embedded' });
});

test('a sweep is gone on with in a container of the same image', () => {
  const { database } = parse({ postgres: 'docker', postgresVersion: '16' });
  expect(databaseSettings(database)).toEqual({
    postgres: ['docker'],
    'postgres-image': ['postgres:16'],
  });
});

test.each<[flags: RawFlags, said: string]>([
  [{ postgresVersion: '17', postgresImage: 'a/b:c' }, 'name two images'],
  [{ dbTransport: 'tls' }, 'is not made for PostgreSQL in a container'],
  [{ dbTransport: 'socket' }, 'is not made for PostgreSQL in a container'],
  [{ postgresVersion: '15', reserved: '2' }, 'is not known to PostgreSQL 15'],
  [{ apiVia: 'localhost:6432' }, 'has nothing behind it'],
  [{ postgresVersion: '14' }, '--postgres-version'],
  [{ postgresVersion: '16', reserved: '2' }, 'accepted'],
])('in a container %j is answered: %s', (flags, said) => {
  expect(refusal({ postgres: 'docker', ...flags })).toContain(said);
});

test.each<[flags: RawFlags, env: Readonly<Record<string, string>>, idle: readonly string[]]>([
  [{}, { POOL_LAB_POSTGRES_IMAGE: 'a/b' }, ['POOL_LAB_POSTGRES_IMAGE … --postgres docker']],
  [{ postgresVersion: '17' }, {}, ['--postgres-version … --postgres docker']],
  [{ postgres: 'docker', sharedDbOk: true }, {}, ['--shared-db-ok … --postgres url']],
  [
    { postgres: 'docker', exhaust: true, allowRemoteDb: 'db' },
    {},
    ['--allow-remote-db … --postgres url', '--exhaust … --postgres url'],
  ],
  [{ postgres: 'docker', postgresVersion: '17' }, {}, []],
  [{ postgres: 'url', sharedDbOk: true }, {}, []],
])('%j with %j: what another source has no use for is told', (flags, env, idle) => {
  expect(parse(flags, env).warnings).toEqual(
    idle.map((text) => text.replace(' … ', ' changes nothing without ')),
  );
});
