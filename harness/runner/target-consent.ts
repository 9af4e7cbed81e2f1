import { LabError } from '../lab-error.ts';
import { originAddress } from '../load/client/origin-address.ts';
import { type LookupAll, loopbackHost, SYSTEM_LOOKUP } from '../loopback.ts';
import type { TargetAsked } from '../plan/target-asked.ts';
import { describeError } from '../system-error.ts';

/** Where a target is put under load: a name is looked up once, and what was judged is what is connected to. */
export interface JudgedTarget {
  /** With the address that its name came down to, where that is this machine by another name than `localhost`. */
  readonly origin: string;
  /** What its requests call it, as a Host header has it; `null`: as the origin says. */
  readonly host: string | null;
}

/**
 * What answers to whoever asks is put under load only where it is known whose it is: on this machine, or named.
 *
 * @throws LabError REFUSED_TARGET, SERVER_NOT_READY
 */
export async function requireTargetConsent(
  target: TargetAsked,
  lookupAll: LookupAll = SYSTEM_LOOKUP,
): Promise<JudgedTarget> {
  const { url, ownHost } = target;
  const { host, hostname } = originAddress(url);
  const judged = await judgedHost(hostname, ownHost, lookupAll);
  if (target.kind === 'api') {
    await judgedHost(originAddress(target.adminUrl).hostname, ownHost, lookupAll);
  }
  if (judged === hostname) return { origin: url, host: null };
  const origin = new URL(url);
  origin.hostname = judged.includes(':') ? `[${judged}]` : judged;
  return { origin: origin.origin, host };
}

/** What to connect to: the address that was looked at, or the name where somebody stands for it. */
async function judgedHost(
  host: string,
  ownHost: string | null,
  lookupAll: LookupAll,
): Promise<string> {
  if (host === ownHost) return host;
  let localHost: string | null;
  try {
    localHost = await loopbackHost(host, lookupAll);
  } catch (cause) {
    throw new LabError('SERVER_NOT_READY', {
      message: `the target's host ${host} has no address (${describeError(cause)})`,
      hint: 'Is its name right, and known on this machine?',
      cause,
    });
  }
  if (localHost !== null) return localHost;
  throw new LabError('REFUSED_TARGET', {
    message:
      ownHost === null
        ? `the target's host ${host} is not this machine`
        : `the target's host ${host} is not this machine, and --i-own-this-target names ${ownHost}`,
    hint: `the lab's load may bring it down; where it is yours, add --i-own-this-target ${host}`,
  });
}
