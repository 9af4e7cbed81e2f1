import { expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import {
  judgedAddress,
  othersOf,
  requireConsentForHost,
  type Sessions,
  sessionsRefusal,
} from './database-consent.ts';

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  '127.0.0.9': ['127.0.0.9'],
  '::1': ['::1'],
  'loopback.example.com': ['127.0.0.1'],
  '0.0.0.0': ['0.0.0.0'],
  'db.example.com': ['192.0.2.7'],
  // Names that look local and are not, or are only sometimes.
  'localhost.example.com': ['192.0.2.7'],
  '127.0.0.1.example.com': ['127.0.0.1', '2001:db8::7'],
};
const lookupAll = async (host: string) =>
  (KNOWN[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

test.each([
  { host: 'localhost', connectsTo: 'localhost' },
  { host: '127.0.0.9', connectsTo: '127.0.0.9' },
  { host: '::1', connectsTo: '::1' },
  // Whoever owns the name may say otherwise a moment later.
  { host: 'loopback.example.com', connectsTo: '127.0.0.1' },
])(
  '$host is this machine, and what is connected to is $connectsTo',
  async ({ host, connectsTo }) => {
    expect(await requireConsentForHost({ host, allowRemoteDb: null, lookupAll })).toEqual({
      isRemote: false,
      host: connectsTo,
    });
  },
);

test.each([
  'db.example.com',
  'localhost.example.com',
  '127.0.0.1.example.com',
  '0.0.0.0',
  'nowhere',
])('%s is not, and needs consent by its name', async (host) => {
  for (const allowRemoteDb of [null, 'localhost', `x${host}`, 'example.com']) {
    await expect(requireConsentForHost({ host, allowRemoteDb, lookupAll })).rejects.toMatchObject({
      code: 'REFUSED_REMOTE_DATABASE',
      exitCode: 5,
      hint: expect.stringContaining(`--allow-remote-db ${host}`),
    });
  }
  expect(await requireConsentForHost({ host, allowRemoteDb: host, lookupAll })).toEqual({
    isRemote: true,
    host,
  });
});

test('a name that has no address says so', async () => {
  const fails = () => Promise.reject(new Error('getaddrinfo ENOTFOUND db'));
  await expect(
    requireConsentForHost({ host: 'db', allowRemoteDb: null, lookupAll: fails }),
  ).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', message: /db has no address/ });
});

const psql: Sessions = { applicationName: 'psql', role: 'alice', isOfDatabase: true, sessions: 2 };
const monitor: Sessions = {
  applicationName: 'pool-lab-monitor',
  role: 'postgres',
  isOfDatabase: true,
  sessions: 1,
};
const workers: Sessions = {
  applicationName: 'pool-lab-w1',
  role: 'pool_lab_api',
  isOfDatabase: true,
  sessions: 5,
};

test.each<
  [
    sessions: readonly Sessions[],
    sharedDbOk: boolean,
    drivesTheApi: boolean,
    refused: RegExp | null,
  ]
>([
  [[], false, false, null],
  [[psql], false, false, /^others use this PostgreSQL: 2 sessions, 2 × psql \(role alice\)$/],
  [[psql], true, false, null],
  [[workers], false, false, /5 × pool-lab-w1/],
  [[monitor], false, false, /another pool-lab/],
  [[monitor, workers], true, false, /another pool-lab/],
  [[monitor, workers], false, true, null],
  [[monitor, workers, psql], false, true, /2 × psql/],
  [[{ ...psql, applicationName: '' }], false, false, /2 × without a name/],
])(
  'sessions %j, shared-db-ok %s, with a target %s',
  (sessions, sharedDbOk, drivesTheApi, refused) => {
    const refusal = sessionsRefusal(sessions, { sharedDbOk, drivesTheApi });
    if (refused === null) expect(refusal).toBeNull();
    else
      expect(refusal).toMatchObject({
        code: 'REFUSED_SHARED_DATABASE',
        exitCode: 5,
        message: refused,
      });
  },
);

const elsewhere: Sessions = { ...psql, isOfDatabase: false, sessions: 3 };

test.each<[sessions: readonly Sessions[], sharedDbOk: boolean, refused: RegExp | null]>([
  [[psql], false, null],
  [[psql, elsewhere], false, /^others use this PostgreSQL: 3 sessions, 3 × psql/],
  [[psql, elsewhere], true, null],
  [[monitor], true, /another pool-lab/],
])('of a service that runs there sessions %j, shared-db-ok %s', (sessions, sharedDbOk, refused) => {
  const allowed = { sharedDbOk, drivesTheApi: false, drivesService: true };
  const refusal = sessionsRefusal(sessions, allowed);
  if (refused === null) expect(refusal).toBeNull();
  else expect(refusal).toMatchObject({ message: refused });
});

test('all sessions of the database are those of a service that runs there', () => {
  const driven = { drivesTheApi: false, drivesService: true };
  expect(othersOf([psql, elsewhere], driven)).toBe(3);
  expect(othersOf([psql, elsewhere], { drivesTheApi: false })).toBe(5);
});

test.each<[DatabaseConfig['sslMode'], string, Partial<DatabaseConfig>]>([
  [undefined, '127.0.0.9', { host: '127.0.0.9' }],
  ['disable', '127.0.0.9', { host: '127.0.0.9' }],
  ['require', '127.0.0.9', { host: 'db.example', hostAddress: '127.0.0.9' }],
  ['verify-full', '127.0.0.9', { host: 'db.example', hostAddress: '127.0.0.9' }],
  ['verify-full', 'db.example', { host: 'db.example' }],
])(
  'by sslmode %s, %s is what is connected to, and the name what is checked',
  (mode, judged, as) => {
    const given = { host: 'db.example', port: 1, user: 'u', password: 'p', database: 'd' };
    const sslMode = mode === undefined ? {} : { sslMode: mode };
    const address = judgedAddress({ ...given, ...sslMode }, judged);
    expect(address).toEqual({ ...given, ...sslMode, ...as });
  },
);

test('a socket is on this machine, and no resolver is asked for it', async () => {
  const consent = await requireConsentForHost({
    host: '/run/postgresql',
    allowRemoteDb: null,
    lookupAll: () => Promise.reject(new Error('asked')),
  });
  expect(consent).toEqual({ isRemote: false, host: '/run/postgresql' });
});
