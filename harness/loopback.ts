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

/** Whether a name or an address stands for this machine alone, whichever of its addresses is taken. */
export async function isLoopbackHost(host: string, lookupAll: LookupAll): Promise<boolean> {
  return (await loopbackHost(host, lookupAll)) !== null;
}

/**
 * What to connect to where a host stands for this machine alone, `null` where it does not. A name that the
 * network resolves is asked for once: the next answer may be another machine.
 */
export async function loopbackHost(host: string, lookupAll: LookupAll): Promise<string | null> {
  const found = await lookupAll(host);
  const [first] = found;
  if (first === undefined || !found.every(({ address }) => isLoopbackAddress(address))) return null;
  // By RFC 6761, section 6.3, this one is never anything else; and a server may listen on one of its two.
  return host === 'localhost' ? host : first.address;
}
