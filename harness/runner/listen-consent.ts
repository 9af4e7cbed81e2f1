import { existsSync } from 'node:fs';
import { CONTAINER_MARKS } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { isLoopbackAddress } from '../loopback.ts';

/** In a container what listens everywhere is reached from outside only as its owner publishes it. */
export function isInContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  return (
    Boolean(env[CONTAINER_MARKS.env]) || CONTAINER_MARKS.files.some((path) => existsSync(path))
  );
}

/**
 * The API answers whoever asks, and each request may hold a connection: nobody else on the network is
 * let in.
 *
 * @throws LabError REFUSED_LISTEN_ADDRESS
 */
export function requireListenConsent(address: string, inContainer: boolean): void {
  if (inContainer || isLoopbackAddress(address)) return;
  throw new LabError('REFUSED_LISTEN_ADDRESS', {
    message: `--listen ${address} would let other machines in, and the API asks nobody for a password`,
    hint: 'listen on 127.0.0.1 or ::1; to reach it from elsewhere run it in a container whose ports you publish, or forward a port with ssh',
  });
}
