import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Custodian } from '../../custodian.ts';
import { createRedactor } from '../../report/redactor.ts';
import { startWatchdog } from '../../runner/watchdog.ts';
import { createDockerPostgres } from '../docker.ts';

/*
 * Process entry of end-to-end tests: told how by the first line of its input, it runs PostgreSQL in a
 * container as the lab does, prints a line when the watchdog knows of it and one when it is ready, and goes
 * on until it is killed or its input ends.
 */
const optionsSchema = z.strictObject({ image: z.string(), socketPath: z.string() });

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await input.next();
const { image, socketPath } = optionsSchema.parse(JSON.parse(String(first.value)));

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const watchdog = startWatchdog();
const custodian: Custodian = {
  guard(resource) {
    const release = watchdog.guard(resource);
    if (resource.kind === 'container') say({ lab: resource.lab, watchdogPid: watchdog.pid });
    return release;
  },
};
const postgres = await createDockerPostgres(
  { kind: 'docker', image, version: null },
  {
    custodian,
    env: { DOCKER_HOST: `unix://${socketPath}` },
    redactor: createRedactor(),
    warn: (sentence) => process.stderr.write(`${sentence}\n`),
  },
).start(
  {
    maxConnections: 20,
    superuserReservedConnections: 3,
    reservedConnections: 0,
    transport: 'tcp',
    extra: {},
  },
  new AbortController().signal,
);
say({ ready: postgres.version });
await input.next();
await postgres.stop();
await watchdog.close();
