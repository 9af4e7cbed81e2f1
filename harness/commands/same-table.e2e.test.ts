import { expect, test } from 'vitest';
import { REFUSAL_REASONS, type RefusalReason } from '../../server/contract.ts';
import { type WatchedTrial, watchedTrialSchema } from '../analysis/trial-result.ts';
import type { RawFlags } from '../plan/option-table.ts';
import { detectDebianPostgres, withDebianCluster } from '../postgres/test/debian-cluster.ts';
import { detectDockerImage } from '../postgres/test/docker-image.ts';
import { optional } from '../test/optional.ts';
import { recordingIo } from '../test/recording-io.ts';
import { runCommand } from './run.ts';

const docker = await optional('docker', () => detectDockerImage(process.env));
const debian = await optional('postgres15', detectDebianPostgres);

/** 2 × (8+4) can open 24, and 17 − 3 reserved − 1 monitor are 13. */
const EXHAUSTING: RawFlags = {
  workers: '2',
  poolSize: '8',
  maxOverflow: '4',
  workload: 'hold',
  param: ['ms=30'],
  connections: '40',
  warmup: '200ms',
  duration: '1500ms',
  drain: '3s',
  json: true,
};
const SLOTS = { maxConnections: '17', superuserReserved: '3' };

async function run(flags: RawFlags, env: Readonly<Record<string, string>> = {}) {
  const io = recordingIo({ env: { ...process.env, ...env } });
  await runCommand.run({ ...EXHAUSTING, ...flags }, io, []);
  return watchedTrialSchema.parse(JSON.parse(io.stdoutText()));
}

/** Whose words PostgreSQL 16 changed: no refusal may be left that nobody understood. */
const FOR_WANT_OF_SLOTS: readonly RefusalReason[] = ['all_slots', 'superuser_reserved'];

/** What is predicted beside what is observed; how many were refused depends on the machine. */
function tableOf({ budget, refusals, connections, laws }: WatchedTrial) {
  const { others, predicted, predictedRefusals, observedRefusals, agrees } = budget;
  const { usable, floor, ceiling, rolloutCeiling, fits } = predicted;
  return {
    predicted: { usable, others, floor, ceiling, rolloutCeiling, fits, refused: predictedRefusals },
    observed: {
      refused: observedRefusals,
      elseRefused: REFUSAL_REASONS.filter(
        (reason) => !FOR_WANT_OF_SLOTS.includes(reason) && (refusals.byReason[reason] ?? 0) > 0,
      ),
      peak: connections.peakWorkers,
    },
    agrees,
    broken: laws.filter(({ holds }) => !holds).map(({ name }) => name),
  };
}

/** Of an exhausted server, whichever it is. */
const TABLE = {
  predicted: { usable: 13, others: 1, floor: 16, ceiling: 24, fits: false, refused: true },
  observed: { refused: true, elseRefused: [], peak: 13 },
  agrees: true,
  broken: [],
};

test('exhausted, the embedded PostgreSQL 18 has this table', async () => {
  const result = await run(SLOTS);
  expect(result.environment.postgres).toMatchObject({ provider: 'embedded' });
  expect(tableOf(result)).toMatchObject(TABLE);
});

docker.test('PostgreSQL in a container has the same', async () => {
  const { image } = docker.get();
  const result = await run({ ...SLOTS, postgres: 'docker', postgresImage: image });
  expect(result.environment.postgres).toMatchObject({ provider: 'docker' });
  expect(tableOf(result)).toMatchObject(TABLE);
});

debian.test('PostgreSQL 15 that somebody runs has the same', async () => {
  const settings = { max_connections: 17, superuser_reserved_connections: 3 };
  await withDebianCluster({ settings }, async ({ url }) => {
    const result = await run({ postgres: 'url', exhaust: true }, { DATABASE_URL: url });
    expect(result.environment.postgres).toMatchObject({
      provider: 'url',
      version: expect.stringMatching(/^15\./),
    });
    expect(tableOf(result)).toMatchObject(TABLE);
  });
});
