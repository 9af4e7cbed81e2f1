import { isIP } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import type { LookupAll } from '../loopback.ts';
import { errorJson } from '../report/error-json.ts';
import { createRedactor } from '../report/redactor.ts';
import { clientOptions } from './client-options.ts';
import { requireConsentForHost } from './database-consent.ts';
import { parseDatabaseUrl } from './database-url.ts';

/* Ten thousand hostile addresses: each is refused, or what was judged is what is connected to. */

const CANARY = 'canaryKx7';
const STRINGS = 10_000;

/** What libpq and the driver would listen to, each pointing elsewhere. */
const TRAPS = {
  PGHOST: 'trap.example',
  PGHOSTADDR: '192.0.2.66',
  PGPORT: '6666',
  PGUSER: 'trap',
  PGPASSWORD: 'trap-password',
  PGDATABASE: 'trap',
  PGSSLMODE: 'require',
  PGSERVICE: 'trap',
  PGSERVICEFILE: '/trap',
  PGPASSFILE: '/trap',
  PGSSLNEGOTIATION: 'direct',
} as const;

beforeAll(() => {
  for (const [name, value] of Object.entries(TRAPS)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** Names as a resolver answers them, the old spellings of numbers among them. */
const RESOLVED: ReadonlyMap<string, readonly string[]> = new Map([
  ['localhost', ['127.0.0.1', '::1']],
  ['localhost.', ['127.0.0.1']],
  ['127.1', ['127.0.0.1']],
  ['0x7f.1', ['127.0.0.1']],
  ['2130706433', ['127.0.0.1']],
  ['0', ['0.0.0.0']],
  ['both.example', ['127.0.0.1', '192.0.2.1']],
  ['here.example', ['127.0.0.9']],
]);
const resolve: LookupAll = async (host) => {
  if (isIP(host) !== 0) return [{ address: host, family: isIP(host) }];
  const found = RESOLVED.get(host) ?? ['192.0.2.7'];
  return found.map((address) => ({ address, family: isIP(address) }));
};

const hosts = fc.constantFrom(
  ...RESOLVED.keys(),
  'db.example',
  'DB.Example',
  '127.0.0.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[fe80::1%25lo]',
  '[::]',
  '%2Frun%2Fpostgresql',
  '%2Frun%00x',
  'ｌocalhost',
  'bücher.example',
  'xn--bcher-kva.example',
  '',
);
const parameters = fc.constantFrom(
  'host=db.example',
  'host=localhost',
  'host=/run/postgresql',
  'host=%2Frun',
  'hostaddr=127.0.0.1',
  'port=5432',
  'port=1',
  'user=ann',
  `password=${CANARY}`,
  'dbname=app',
  'sslmode=require',
  'sslmode=disable',
  'sslmode=verify-full',
  'sslmode=prefer',
  'sslrootcert=/nothing',
  'service=x',
  'options=-c%20a',
  'application_name=x',
  '__proto__=x',
  'constructor=x',
  'toString=x',
);
const mostly = (sound: readonly string[], others: readonly string[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...sound) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
const addresses = fc
  .record({
    scheme: mostly(['postgres', 'postgresql'], ['postgresql+asyncpg', 'jdbc:postgresql']),
    user: mostly(['ann:', 'a%40nn:'], ['', ':']),
    canary: mostly([`${CANARY}@`, `${CANARY}%40@`], [`x${CANARY}`, `${CANARY}@@`]),
    host: hosts,
    port: mostly([':5432', ''], [':0', ':65536', ':1,2']),
    database: mostly(['/app', '/a%2Fb'], ['', '/', '/a/b']),
    query: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(parameters, { maxLength: 3 }) },
    ),
  })
  .map(({ scheme, user, canary, host, port, database, query }) =>
    [
      `${scheme}://${user}${canary}${host}${port}${database}`,
      query.length === 0 ? '' : `?${query.join('&')}`,
    ].join(''),
  );
const mutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(3),
    insert: fc.constantFrom(
      ...'@:/?#&=%,[]+ \\\n\u0000',
      '%00',
      '%2F',
      '%40',
      '\ud800',
      '127.1',
      '',
    ),
  }),
  { maxLength: 3 },
);
const mutated = fc.tuple(addresses, mutations).map(([address, changes]) =>
  changes.reduce((text, { at, remove, insert }) => {
    const index = Math.floor(at * text.length);
    return text.slice(0, index) + insert + text.slice(index + remove);
  }, address),
);
const hostile = fc.oneof(
  { weight: 4, arbitrary: addresses },
  { weight: 5, arbitrary: mutated },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);

test(`${STRINGS} hostile addresses are refused, or connect where they were judged`, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      if (text === '') return;
      const redactor = createRedactor();
      let address: DatabaseConfig;
      try {
        address = parseDatabaseUrl(text, redactor);
      } catch (error) {
        requireSilence(error);
        return;
      }
      accepted += 1;
      // A password that a change has made another is as secret.
      const shown = redactor.redact(inspect(address) + JSON.stringify(address));
      if (address.password.includes(CANARY) && !isShownOnPurpose(address)) {
        expect(shown).not.toContain(CANARY);
      }
      await requireJudgedPlace(address);
    }),
    { numRuns: STRINGS, seed: 6 },
  );
  // Were none taken, or all of them, nothing would have been shown.
  expect(accepted).toBeGreaterThan(STRINGS / 20);
  expect(accepted).toBeLessThan(STRINGS / 2);
});

/** The refusal holds no piece of the address, wherever somebody looks. */
function requireSilence(error: unknown): void {
  if (!(error instanceof LabError)) throw error;
  const { code, message, hint, stack } = error;
  expect(code).toBe('CONFIG_INVALID');
  const said = [message, hint, stack, inspect(error), errorJson({ code, message, hint })].join();
  expect(said.toLowerCase()).not.toContain(CANARY.toLowerCase());
}

/** Where a change has moved a piece of the password into a name, that is no secret any more. */
function isShownOnPurpose({ user, database, host, password }: DatabaseConfig): boolean {
  return [user, database, host].some((it) => it.includes(CANARY) || it.includes(password));
}

async function requireJudgedPlace(address: DatabaseConfig): Promise<void> {
  const judged = await requireConsentForHost({
    host: address.host,
    allowRemoteDb: null,
    lookupAll: resolve,
  }).catch((error: unknown) => {
    if (error instanceof LabError && error.code === 'REFUSED_REMOTE_DATABASE') return null;
    throw error;
  });
  const asked = judged === null ? address : { ...address, host: judged.host };
  const client = new Client(clientOptions(asked));
  expect(client).toMatchObject({ host: asked.host, port: address.port });
  expect(client).toMatchObject({ user: address.user, database: address.database });
  expect(client.ssl === false).toBe((address.sslMode ?? 'disable') === 'disable');
  if (judged === null) return;
  // Judged by other means than the lab's: only these do not leave the machine.
  expect(client.host).toMatch(/^(?:\/|(?:::ffff:)?127\.\d+\.\d+\.\d+$|::1$|localhost$)/);
}
