import { createInterface } from 'node:readline';
import { z } from 'zod';
import { TRANSPORTS } from '../../plan/trial-plan.ts';
import { startWatchdog } from '../../runner/watchdog.ts';
import { createEmbeddedPostgres } from '../embedded.ts';

/*
 * Process entry of end-to-end tests: told how by the first line of its input, it runs PostgreSQL as
 * the lab does, prints one line about it, and goes on until it is killed or its input ends.
 */
const optionsSchema = z.strictObject({
  labParent: z.string(),
  guardedChildPid: z.int().nullable(),
  transport: z.enum(TRANSPORTS),
});

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await input.next();
const { labParent, guardedChildPid, transport } = optionsSchema.parse(
  JSON.parse(String(first.value)),
);

const watchdog = startWatchdog();
const release =
  guardedChildPid === null ? null : watchdog.guard({ kind: 'process-group', pid: guardedChildPid });
const postgres = await createEmbeddedPostgres({ custodian: watchdog, labParent }).start(
  {
    maxConnections: 20,
    superuserReservedConnections: 3,
    reservedConnections: 0,
    transport,
    extra: {},
  },
  new AbortController().signal,
);
const { postmasterPid, dataDirectory, superuser, api, version } = postgres;
process.stdout.write(
  `${JSON.stringify({ postmasterPid, dataDirectory, superuser, api, version, watchdogPid: watchdog.pid })}\n`,
);
await input.next();
await postgres.stop();
release?.();
await watchdog.close();
