import { hostsAndPorts, ipAddress } from './address-parser.ts';
import { option } from './option.ts';

const LOOPBACK = '127.0.0.1';
const NO_HOSTS: readonly string[] = [];

/** Where the lab's own servers listen, and under which names they answer. */
export const LISTEN_OPTIONS = {
  listen: option('listen', {
    parser: ipAddress(),
    defaultValue: LOOPBACK,
    description: 'address that the API listens on; anything but loopback only inside a container',
  }),
  allowedHost: option('allowed-host', {
    parser: hostsAndPorts(),
    defaultValue: NO_HOSTS,
    description: 'Host header that the admin port answers to beside its own, e.g. api:9464',
    repeatable: true,
  }),
} as const;
