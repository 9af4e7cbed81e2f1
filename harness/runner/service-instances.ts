import {
  type RunningService,
  type ServiceAsked,
  type ServiceDeps,
  startService,
} from '../service/running-service.ts';
import type { ServiceEnd } from '../service/service-end.ts';
import type { ServiceSaid } from '../service/service-output.ts';

/** A service that the lab started: one instance of it, and in a deploy a second one for a while. */
export interface ServiceInstances {
  /** Of the one that is under load. */
  readonly origin: string;
  readonly pid: number;
  /** The command as it was started. */
  readonly shown: string;
  /** Until the first one's path answered. */
  readonly readyMs: number;
  /** One ended without having been asked to. */
  readonly ended: AbortSignal;
  /** Of all of them since their start; `null`: the system does not tell. */
  cpuMs(): number | null;
  /** Of all of them together at most, in one look each. */
  processesPeak(): number;
  said(): ServiceSaid;
  /** Of the one that is under load, without secrets. */
  lastLines(): readonly string[];
  /**
   * A second complete instance takes over: it is started, the load goes over to it, and the first is stopped.
   *
   * @throws LabError SERVICE_NOT_READY of the second one; the first goes on
   */
  replace(goOver: (origin: string) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** All of them. Idempotent. */
  stop(): Promise<ServiceEnd>;
}

/** @throws LabError SERVICE_NOT_READY, CONFIG_INVALID */
export async function startServiceInstances(
  asked: ServiceAsked,
  deps: ServiceDeps,
): Promise<ServiceInstances> {
  const first = await startService(asked, deps);
  const all = [first];
  /** Of one that is stopped nothing is left to be read. */
  const cpuMsOfStopped = new Map<RunningService, number | null>();
  const ended = new AbortController();
  const watch = (service: RunningService): void => {
    const tell = (): void => ended.abort(service.ended.reason);
    if (service.ended.aborted) tell();
    else service.ended.addEventListener('abort', tell, { once: true });
  };
  watch(first);
  let current = first;
  const end = async (service: RunningService): Promise<ServiceEnd> => {
    if (!cpuMsOfStopped.has(service)) cpuMsOfStopped.set(service, service.cpuMs());
    return await service.stop();
  };
  return {
    get origin() {
      return current.origin;
    },
    pid: first.pid,
    shown: first.shown,
    readyMs: first.readyMs,
    ended: ended.signal,
    cpuMs: () => {
      const each = all.map((it) => cpuMsOfStopped.get(it) ?? it.cpuMs());
      return each.reduce<number | null>(
        (sum, cpuMs) => (sum === null || cpuMs === null ? null : sum + cpuMs),
        0,
      );
    },
    processesPeak: () => all.reduce((sum, it) => sum + it.processesPeak(), 0),
    said: () => all.map((it) => it.said()).reduce(together),
    lastLines: () => current.lastLines(),
    replace: async (goOver, signal) => {
      const next = await startService(asked, { ...deps, signal });
      all.push(next);
      watch(next);
      await goOver(next.origin);
      const before = current;
      current = next;
      await end(before);
    },
    stop: async () => {
      const ends = await Promise.all(all.map(end));
      const last = ends.at(-1);
      return {
        stopMs: last?.stopMs ?? 0,
        killed: ends.reduce((sum, { killed }) => sum + killed, 0),
      };
    },
  };
}

function together(one: ServiceSaid, other: ServiceSaid): ServiceSaid {
  return {
    poolTimeouts: one.poolTimeouts + other.poolTimeouts,
    refusals: one.refusals + other.refusals,
    lines: one.lines + other.lines,
  };
}
