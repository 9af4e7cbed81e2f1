import { LabError } from '../lab-error.ts';
import { isLoopbackHost, type LookupAll, SYSTEM_LOOKUP } from '../loopback.ts';
import type { TargetAsked } from '../plan/target-asked.ts';
import { describeError } from '../system-error.ts';

/**
 * What answers to whoever asks is put under load only where it is known whose it is: on this machine, or named.
 *
 * @throws LabError REFUSED_TARGET, SERVER_NOT_READY
 */
export async function requireTargetConsent(
  target: TargetAsked,
  lookupAll: LookupAll = SYSTEM_LOOKUP,
): Promise<void> {
  const { ownHost } = target;
  const origins = target.kind === 'api' ? [target.url, target.adminUrl] : [target.url];
  const hosts = origins.map((it) => new URL(it).hostname.replace(/^\[(.*)\]$/, '$1'));
  for (const host of new Set(hosts)) {
    if (host === ownHost) continue;
    let isHere: boolean;
    try {
      isHere = await isLoopbackHost(host, lookupAll);
    } catch (cause) {
      throw new LabError('SERVER_NOT_READY', {
        message: `the target's host ${host} has no address (${describeError(cause)})`,
        hint: 'Is its name right, and known on this machine?',
        cause,
      });
    }
    if (isHere) continue;
    throw new LabError('REFUSED_TARGET', {
      message:
        ownHost === null
          ? `the target's host ${host} is not this machine`
          : `the target's host ${host} is not this machine, and --i-own-this-target names ${ownHost}`,
      hint: `the lab's load may bring it down; where it is yours, add --i-own-this-target ${host}`,
    });
  }
}
