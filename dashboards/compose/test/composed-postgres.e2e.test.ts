import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { watchedTrialSchema } from '../../../harness/analysis/trial-result.ts';
import { EXIT_CODE } from '../../../harness/exit-code.ts';
import { findFreePort } from '../../../harness/postgres/free-port.ts';
import { optional } from '../../../harness/test/optional.ts';
import { interpolate, interpolated, services } from './compose-file.ts';
import { detectDockerPostgres, startContainer } from './docker.ts';
import { dockerRunArguments } from './docker-run-arguments.ts';

const CLI = fileURLToPath(new URL('../../../harness/cli.ts', import.meta.url));
/** Initialising a cluster on a busy machine; Docker looks every five seconds. */
const HEALTHY_DEADLINE_MS = 60_000;

const service = services['postgres'];
if (service === undefined) throw new Error('the composed stack has no PostgreSQL');
const docker = await optional('docker', () =>
  detectDockerPostgres(process.env, interpolate(service.image, {})),
);

docker.test(
  'the composed PostgreSQL starts with its settings, and the API exhausts it as predicted',
  async () => {
    const password = randomBytes(24).toString('hex');
    const port = await findFreePort();
    const composed = interpolated(service, {
      POOL_LAB_POSTGRES_IMAGE: docker.get().image,
      POOL_LAB_POSTGRES_PASSWORD: password,
      POOL_LAB_POSTGRES_PORT: String(port),
    });
    const line = dockerRunArguments(composed);
    expect(line.join(' ')).not.toContain(password);
    await using container = await startContainer(line, composed.environment ?? {});
    await container.healthy(HEALTHY_DEADLINE_MS);

    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        CLI,
        ...['run', '--postgres=url', '--exhaust', '--json'],
        ...['--workers=4', '--pool-size=5', '--max-overflow=10'],
        ...['--workload=hold', '--param=ms=40', '--connections=96'],
        ...['--warmup=300ms', '--duration=1500ms', '--drain=2s'],
      ],
      {
        env: {
          ...process.env,
          DATABASE_URL: `postgres://postgres:${password}@127.0.0.1:${port}/pool_lab`,
        },
      },
    ).catch((error: { stdout: string; stderr: string; code: number }) => {
      // On a machine too busy to measure, the account still holds.
      if (error.code === EXIT_CODE.invalidMeasurement) return error;
      throw error;
    });
    const trial = watchedTrialSchema.parse(JSON.parse(stdout));
    expect(trial.plan.postgres).toMatchObject({
      maxConnections: 30,
      superuserReservedConnections: 3,
    });
    expect(trial.budget).toMatchObject({
      predicted: { usable: 26, ceiling: 60 },
      predictedRefusals: true,
      observedRefusals: true,
    });
    expect(trial.connections.maxConnections).toBe(30);
    // Samples may miss the moment in which every slot is a worker's, and can never see more.
    expect(trial.connections.peakWorkers).toBeGreaterThan(0);
    expect(trial.connections.peakWorkers).toBeLessThanOrEqual(trial.budget.predicted.usable);
    expect(trial.requests.httpErrors).toHaveProperty('too_many_connections');
    expect(await container.log()).not.toContain(password);
  },
);
