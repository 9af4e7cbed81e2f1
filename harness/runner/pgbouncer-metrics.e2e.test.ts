import { Client } from 'pg';
import { expect, onTestFinished } from 'vitest';
import {
  ADMIN_PATHS,
  type DatabaseConfig,
  METRICS,
  WORKLOAD_PATH_PREFIX,
} from '../../server/contract.ts';
import { NOTHING_GUARDED } from '../custodian.ts';
import { scrapeText } from '../metrics/test/scrape-text.ts';
import { isAtLeast } from '../pgbouncer/pgbouncer-program.ts';
import { detectPgbouncer, startPgbouncer } from '../pgbouncer/test/pgbouncer-fixture.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { API_ROLE } from '../postgres/cluster-template.ts';
import { createEmbeddedPostgres } from '../postgres/embedded.ts';
import { lookAtForeignDatabase } from '../postgres/foreign-database.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { createRedactor } from '../report/redactor.ts';
import { optional } from '../test/optional.ts';
import { withApi } from './api.ts';
import { withLab } from './lab.ts';

const pgbouncer = await optional('pgbouncer', detectPgbouncer);

const SERVERS = 2;
const REQUESTS = 4;

pgbouncer.test(
  'a queue in PgBouncer is on the API’s endpoint, where its own pool shows none',
  async () => {
    const owner = await startServer();
    const bouncer = await startPgbouncer({
      api: owner,
      authQuery: true,
      poolMode: 'transaction',
      defaultPoolSize: SERVERS,
    });
    onTestFinished(() => bouncer[Symbol.asyncDispose]());
    const warnings: string[] = [];
    const deps = {
      poolLabVersion: 'test',
      env: process.env,
      signal: new AbortController().signal,
      redactor: createRedactor(),
      labParent: LAB_DIRECTORY_PARENT,
      warn: (sentence: string) => void warnings.push(sentence),
    };
    const foreignDatabase = await lookAtForeignDatabase({
      owner,
      apiVia: { host: bouncer.api.host, port: bouncer.api.port },
      consent: { allowRemoteDb: null, sharedDbOk: false },
      drivesTheApi: false,
      signal: deps.signal,
      warn: deps.warn,
    });
    // Over a network, which is then between the API and PgBouncer.
    const { plan } = parseTrialPlan({ flags: { dbRtt: '2ms' }, env: {} });
    const ports = { port: 0, adminPort: 0 };
    await withLab(
      foreignDatabase.settings,
      { ...deps, postgres: { kind: 'url', database: foreignDatabase } },
      (lab) =>
        withApi(lab, { plan: { ...plan, workers: 1 }, ports }, async (api) => {
          const { url, adminUrl } = api;
          // PgBouncer's default of 100 clients, of which the lab at the console is one.
          const limits = { mode: 'transaction', servers: SERVERS, clients: 99 };
          expect(lab.viaSettings?.limits).toEqual(limits);
          const carries = isAtLeast(pgbouncer.get().version, '1.21');
          expect(api.statements.named).toBe(carries);
          const series = async (name: string): Promise<number | undefined> => {
            const response = await fetch(new URL(ADMIN_PATHS.metrics, adminUrl));
            return scrapeText(await response.text()).get(name);
          };
          // Whoever has all of PgBouncer's servers lets the API's requests wait there.
          const holders = await Promise.all(
            Array.from({ length: SERVERS }, () => beginTransaction(lab.postgres.api)),
          );
          const answers = Array.from({ length: REQUESTS }, () =>
            // By a cursor: its statements have no names, which 1.18 could not carry between servers.
            fetch(`${url}${WORKLOAD_PATH_PREFIX}stream?rows=1`),
          );
          await expect
            .poll(() => series(`${METRICS.pgbouncerClients}{state="waiting"}`), { timeout: 10_000 })
            .toBe(REQUESTS);
          expect(await series(`${METRICS.pgbouncerServers}{state="active"}`)).toBe(SERVERS);
          expect(await series(METRICS.pgbouncerMaxWaitSeconds)).toBeGreaterThan(0);
          expect(await series(`${METRICS.pendingRequests}{worker="1"}`)).toBe(0);

          for (const holder of holders) await holder.query('COMMIT');
          const statuses = (await Promise.all(answers)).map(({ status }) => status);
          expect(statuses).toEqual(answers.map(() => 200));
          await expect
            .poll(() => series(`${METRICS.pgbouncerClients}{state="waiting"}`), { timeout: 10_000 })
            .toBe(0);
          // Beside the requests' there are those of the holders, and all but those have waited.
          await expect
            .poll(() => series(METRICS.pgbouncerTransactionsTotal), { timeout: 10_000 })
            .toBeGreaterThanOrEqual(REQUESTS);
          expect(await series(METRICS.pgbouncerQueriesTotal)).toBeGreaterThanOrEqual(REQUESTS);
          expect(await series(METRICS.pgbouncerWaitSecondsTotal)).toBeGreaterThan(0);
          for (const holder of holders) await holder.end();
          expect((await api.readDistance?.())?.connections).toBeGreaterThanOrEqual(REQUESTS);
        }),
    );
    // An old PgBouncer cannot carry prepared statements; nothing else was to be said.
    expect(warnings.filter((sentence) => !sentence.includes('42P05'))).toEqual([]);
  },
);

/** A server whose role for the API is not there yet, as one that the lab has never seen. */
async function startServer(): Promise<DatabaseConfig> {
  const provider = createEmbeddedPostgres({ custodian: { guard: () => NOTHING_GUARDED } });
  const { superuser, stop } = await provider.start(
    {
      maxConnections: 30,
      superuserReservedConnections: 3,
      reservedConnections: 0,
      transport: 'tcp',
      extra: {},
    },
    new AbortController().signal,
  );
  onTestFinished(stop);
  const client = new Client(superuser);
  await client.connect();
  await client.query(`DROP OWNED BY ${API_ROLE}; DROP ROLE ${API_ROLE}`);
  await client.end();
  return superuser;
}

async function beginTransaction(database: DatabaseConfig): Promise<Client> {
  const client = new Client(database);
  await client.connect();
  await client.query('BEGIN');
  return client;
}
