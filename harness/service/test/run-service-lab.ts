import { setTimeout as delay } from 'node:timers/promises';
import { startWatchdog } from '../../runner/watchdog.ts';
import { startService } from '../running-service.ts';
import { leaked } from './sleepers.ts';
import { askedService, serviceDeps } from './started-service.ts';

/* Process entry: a harness with a service in the given mood, which waits to be killed. */
const [, , mood = ''] = process.argv;
const LIFE_MS = 60_000;

const service = await startService(askedService(mood), serviceDeps({ custodian: startWatchdog() }));
await leaked(service);
process.stdout.write(`${service.origin}\n`);
await delay(LIFE_MS);
await service.stop();
