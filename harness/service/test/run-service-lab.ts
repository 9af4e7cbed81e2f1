import { setTimeout as delay } from 'node:timers/promises';
import { startWatchdog } from '../../runner/watchdog.ts';
import { startService } from '../running-service.ts';
import { askedService, serviceDeps } from './started-service.ts';

/* Process entry: a harness with a service in the given mood, which waits to be killed. */
const [, , mood = ''] = process.argv;
const PROCESSES_OF_LEAKING = 8;
const LIFE_MS = 60_000;

const service = await startService(askedService(mood), serviceDeps({ custodian: startWatchdog() }));
while (service.processes() < PROCESSES_OF_LEAKING) await delay(10);
// What was seen has to reach the watchdog, too.
await delay(1_100);
process.stdout.write(`${service.origin}\n`);
await delay(LIFE_MS);
await service.stop();
