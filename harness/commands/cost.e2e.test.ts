import { expect, test } from 'vitest';
import { summarizeCost } from '../analysis/cost/summarize-cost.ts';
import { runCost } from '../cost/run-cost.ts';
import { locatePgbouncer } from '../pgbouncer/pgbouncer-program.ts';
import { postgresSettings } from '../scenarios/demo-plans.ts';
import { recordingIo } from '../test/recording-io.ts';
import { costCommand } from './cost.ts';
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
    labDeps(recordingIo({ env }), '/var/tmp'),
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

test('what cannot be asked for is told before anything is started', async () => {
  await expect(
    costCommand.run({ samples: '10', pairs: '1' }, recordingIo(), []),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/--samples.*80.*--pairs/s),
  });
});
