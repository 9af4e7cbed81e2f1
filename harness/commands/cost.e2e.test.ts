import { expect, test } from 'vitest';
import { summarizeCost } from '../analysis/cost/summarize-cost.ts';
import { runCost } from '../cost/run-cost.ts';
import { locatePgbouncer } from '../pgbouncer/pgbouncer-program.ts';
import type { DatabaseAsked } from '../plan/database-asked.ts';
import { generateServerCertificate } from '../postgres/certificate.ts';
import { EMBEDDED, foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import { detectDebianPostgres, withDebianCluster } from '../postgres/test/debian-cluster.ts';
import { databaseUrl } from '../postgres/test/foreign-server.ts';
import { choosePostgres } from '../runner/database-choice.ts';
import { postgresSettings } from '../scenarios/demo-plans.ts';
import { optional } from '../test/optional.ts';
import { recordingIo } from '../test/recording-io.ts';
import { labDeps } from './lab-deps.ts';

test('every way to the lab’s own server is measured, and what an idle session takes', async () => {
  const { PATH } = process.env;
  const env = { PATH };
  const steps: string[] = [];
  const observation = await runCost(
    {
      // Far ones are measured in every eighth round: too seldom here to say anything of them.
      ...{ samples: 10, pairs: 0, seed: 1 },
      sessions: { few: 1, many: 3 },
      settings: postgresSettings(30),
    },
    { ...labDeps(recordingIo({ env }), '/var/tmp'), postgres: EMBEDDED },
    (step) => steps.push(step),
  );
  const result = summarizeCost(observation);
  const found = result.variants.map((variant) =>
    variant.state === 'measured'
      ? `${variant.id}: ${variant.authentication}, ${variant.tlsProtocol ?? 'open'}`
      : `${variant.id}: ${variant.reason}`,
  );
  const pgbouncer = await locatePgbouncer(env);
  expect(found).toEqual([
    'tcp: scram-sha-256, open',
    'trust: trust, open',
    'tls: scram-sha-256, TLSv1.3',
    'socket: scram-sha-256, open',
    `pgbouncer: ${pgbouncer.state === 'found' ? 'scram-sha-256, open' : pgbouncer.reason}`,
    'tcp_1ms: 5 connections are too few',
    'tls_1ms: 5 connections are too few',
    'tcp_20ms: 2 connections are too few',
    'tls_20ms: 2 connections are too few',
  ]);
  // What was seen of them is as far away as it was asked for: six round trips with TLS, four without.
  for (const [id, roundTrips] of [
    ['tcp_20ms', 4],
    ['tls_20ms', 6],
  ] as const) {
    const observed = observation.connections.get(id);
    if (observed === undefined || 'absent' in observed) throw new Error(`${id} is not there`);
    for (const times of observed.values()) {
      const { connectMs, tlsRequestMs, tlsHandshakeMs, startupMs, challengeMs, sessionMs } = times;
      const openMs = [connectMs, tlsRequestMs, tlsHandshakeMs, startupMs, challengeMs, sessionMs]
        .map((ms) => ms ?? 0)
        .reduce((sum, ms) => sum + ms, 0);
      expect(openMs).toBeGreaterThan(roundTrips * 20);
    }
  }
  expect(steps.at(-1)).toBe('memory of 1 to 3 idle sessions, fresh and aged');
  if (process.platform !== 'linux') {
    expect(result.memory).toMatchObject({ reason: 'only Linux tells what processes share' });
    return;
  }
  if (result.memory.state !== 'measured') throw new Error(result.memory.reason);
  const { fresh, aged } = result.memory;
  expect(fresh.pssBytes).toBeGreaterThan(0.3e6);
  expect(aged.pssBytes).toBeGreaterThan(2 * fresh.pssBytes);
  expect(aged.rssBytes).toBeGreaterThan(aged.pssBytes);
});

const URL_ASKED: DatabaseAsked = {
  kind: 'url',
  ...{ allowRemoteDb: null, sharedDbOk: false, exhaust: false, apiVia: null, serverSettings: [] },
};
const debian = await optional('postgres15', detectDebianPostgres);

debian.test(
  'of a server that was given, what cannot be had is said and the rest measured',
  async () => {
    const { certificate, key } = await generateServerCertificate();
    await withDebianCluster({ tls: { certificate, key } }, async ({ superuser }) => {
      const env = { PATH: process.env['PATH'], DATABASE_URL: databaseUrl(superuser) };
      const deps = labDeps(recordingIo({ env }), '/var/tmp');
      const postgres = await choosePostgres(URL_ASKED, { ...deps, command: 'cost' });
      const foreignDatabase = foreignDatabaseOf(postgres);
      if (foreignDatabase === null) throw new Error('no database');
      const observation = await runCost(
        {
          ...{ samples: 10, pairs: 0, seed: 1, settings: foreignDatabase.settings },
          sessions: { few: 1, many: 3 },
        },
        { ...deps, postgres },
        () => undefined,
      );
      const { variants, memory } = summarizeCost(observation);
      expect(variants).toMatchObject([
        { id: 'tcp', state: 'measured', tlsProtocol: null },
        { id: 'trust', reason: 'only the embedded server’s access rules are in the lab’s hands' },
        { id: 'tls', state: 'measured', tlsProtocol: 'TLSv1.3' },
        { id: 'socket', reason: 'the server is reached by TCP' },
        ...[{ id: 'pgbouncer' }, { id: 'tcp_1ms' }, { id: 'tls_1ms' }],
        ...[{ id: 'tcp_20ms' }, { id: 'tls_20ms' }],
      ]);
      expect(memory).toEqual({ state: 'absent', reason: 'the server is not the lab’s own' });
    });
  },
);
