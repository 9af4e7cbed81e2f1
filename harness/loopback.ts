import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';

/** All addresses of a name. */
export type LookupAll = (host: string) => Promise<readonly LookupAddress[]>;

export const SYSTEM_LOOKUP: LookupAll = (host) => lookup(host, { all: true });

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an IP address reaches this machine alone. */
export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether a name or an address stands for this machine alone, wherever of its addresses is taken. */
export async function isLoopbackHost(host: string, lookupAll: LookupAll): Promise<boolean> {
  const found = await lookupAll(host);
  return found.length > 0 && found.every(({ address }) => isLoopbackAddress(address));
}
