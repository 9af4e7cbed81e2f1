import { expect, test } from 'vitest';
import { apiRoleOf, type ForeignRights, lacking, requireRights } from './foreign-rights.ts';
import { FOUND_DATABASE } from './test/found-database.ts';

const { owner, rights: ALL } = FOUND_DATABASE;
/** A login without any attribute. */
const ORDINARY: ForeignRights = {
  ...ALL,
  isSuperuser: false,
  isReserved: false,
  createsRoles: false,
  createsSchemas: false,
  seesSessions: false,
};

test.each<[name: string, rights: ForeignRights, drivesTheApi: boolean, says: RegExp | null]>([
  ['a superuser', ALL, false, null],
  ['a superuser of a standby', { ...ALL, isStandby: true }, false, /standby/],
  ['a role that may make a schema', { ...ORDINARY, createsSchemas: true }, false, null],
  ['a role that may not', ORDINARY, false, /to make a schema in app/],
  [
    'a role that may, where another made it before',
    { ...ORDINARY, createsSchemas: true, hasSchema: true },
    false,
    /to use the schema pool_lab in app, which is another role's/,
  ],
  ['one whose schema is there', { ...ORDINARY, ownsSchema: true }, false, null],
  ['one that may work in it', { ...ORDINARY, worksInSchema: true }, false, null],
  [
    'one that would make another role, which may not',
    { ...ORDINARY, worksInSchema: true, createsRoles: true },
    false,
    /to make a schema/,
  ],
  [
    'one whose sessions would take reserved slots',
    { ...ORDINARY, createsSchemas: true, isReserved: true },
    false,
    /takes reserved slots/,
  ],
  [
    'the same where the API gets a role of its own',
    { ...ORDINARY, createsSchemas: true, isReserved: true, createsRoles: true },
    false,
    null,
  ],
  ['one that only watches', ORDINARY, true, null],
  [
    "one that watches and does not see the API's sessions",
    { ...ORDINARY, hiddenApiSessions: 4 },
    true,
    /to see the API's sessions/,
  ],
  [
    'a superuser beside sessions that are hidden from others',
    { ...ALL, hiddenApiSessions: 4 },
    false,
    null,
  ],
])('%s: whether it is enough', (_, rights, drivesTheApi, says) => {
  const check = () => requireRights(rights, { owner, drivesTheApi });
  if (says === null) expect(check).not.toThrow();
  else expect(check).toThrow(says);
});

test.each<[name: string, rights: ForeignRights, drivesTheApi: boolean, role: string]>([
  ['one that can be made', ALL, false, 'pool_lab_api'],
  ['the given one where none can be made', ORDINARY, false, 'ann'],
  [
    'of an API that runs, the one that is there',
    { ...ALL, hasApiRole: true },
    true,
    'pool_lab_api',
  ],
  ['of an API of whoever else, the given one', ALL, true, 'ann'],
])('the role of the API is %s', (_, rights, drivesTheApi, role) => {
  expect(apiRoleOf(rights, { owner, drivesTheApi })).toBe(role);
});

test('of limits that arithmetic does not know those are told that hold for the API', () => {
  const limited = { ...ALL, roleLimit: 7, apiRoleLimit: 9, databaseLimit: 11 };
  const told = (apiRole: string): string =>
    lacking(limited, { owner, apiRole, drivesTheApi: false }).join('\n');
  expect(told('pool_lab_api')).toMatch(/pool_lab_api may have 9 [\s\S]*app may have 11 /);
  expect(told('pool_lab_api')).not.toContain('7');
  expect(told('ann')).toMatch(/ann may have 7 [\s\S]*app may have 11 /);
  expect(lacking(ALL, { owner, apiRole: 'pool_lab_api', drivesTheApi: false })).toEqual([]);
});

test('what is not seen is said with the grant that shows it', () => {
  const said = lacking(ORDINARY, { owner, apiRole: 'ann', drivesTheApi: false });
  expect(said).toEqual([
    expect.stringContaining('the API connects as ann itself'),
    expect.stringMatching(/^NOT SEEN: .*GRANT pg_read_all_stats TO "ann"/),
  ]);
});

test('a service that is started connects as the ordinary role that was given, and needs no schema of the lab', () => {
  const asked = { owner, drivesTheApi: false, startsService: true };
  expect(apiRoleOf(ALL, asked)).toBe('ann');
  expect(() => requireRights({ ...ORDINARY, createsSchemas: false }, asked)).not.toThrow();
  expect(lacking({ ...ORDINARY, seesSessions: true }, { ...asked, apiRole: 'ann' })).toEqual([]);
  expect(() => requireRights({ ...ALL, isSuperuser: true }, asked)).toThrow(
    /the service would connect as ann, which takes reserved slots/,
  );
});

test.each<[name: string, rights: ForeignRights, says: RegExp | null]>([
  ['a superuser', ALL, null],
  ['the role that the service has', ORDINARY, null],
  ['one on a standby', { ...ORDINARY, isStandby: true }, null],
  [
    'one that sessions are hidden from',
    { ...ORDINARY, hiddenSessions: 4 },
    /see 4 of the sessions in app.* other roles'/,
  ],
])('%s may watch a service that runs already', (_, rights, says) => {
  const asked = { owner, drivesTheApi: false, drivesService: true };
  const check = () => requireRights(rights, asked);
  if (says === null) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ message: expect.stringMatching(says) }));
  expect(apiRoleOf(rights, asked)).toBe(owner.user);
});
