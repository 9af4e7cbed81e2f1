import type { BottleneckKind } from './bottleneck-kinds.ts';
import { percentText } from './evidence-text.ts';

/** What is known from outside of a service; everything else of it is its own. */
export interface ServiceFacts {
  readonly workers: number;
  /** Of all its processes, over the window; `null`: not to be had. */
  readonly cores: number | null;
  readonly seesDatabase: boolean;
  /** Refusals that PostgreSQL's log has and its answers do not. */
  readonly refusalsLogged: number;
  /** On average, by its own metrics; `null`: it does not tell. */
  readonly waitingMean: number | null;
  readonly usedMean: number | null;
  readonly poolMax: number | null;
  /** Its sessions as PostgreSQL saw them; `null`: not in sight, or a pooler's. */
  readonly sessions: {
    readonly peak: number;
    /** Neither idle nor gone, on average. */
    readonly busyMean: number;
    /** All that it was told to open; `null`: nobody told, or no limit. */
    readonly ceiling: number | null;
  } | null;
  /** Requests that were with it at the same time, on average. */
  readonly inFlightMean: number;
}

export interface SeenAround {
  readonly poolTimeouts: number;
  readonly attempts: number;
  /** Why PostgreSQL is held up, or `null`. */
  readonly database: { readonly because: string; readonly bindsAlone: boolean } | null;
  /** Why a pooler is, or `null`. */
  readonly pooler: string | null;
  /** The service spends most of the time of an answer in PostgreSQL, as it tells itself. */
  readonly tellsDatabase: boolean;
  /** Its backends in a statement, on average; `null`: not in sight. */
  readonly activeMean: number | null;
  readonly machine: {
    readonly cores: number;
    readonly generatorCores: number;
    /** `null` where the system does not tell. */
    readonly cpuPressureShare: number | null;
  };
  readonly postgresCores: number | null;
}

/** What is within this share of a core for each worker is one that a single thread has no more of. */
const THREAD_BUSY = { least: 0.85, most: 1.05 } as const;
const MACHINE_BUSY = 0.9;
/** A queue that is there half of the time. */
const QUEUED = 0.5;
/** All sessions there may be, with this share of their time taken: each of them is used as soon as it is free. */
const SESSIONS_BUSY = 0.9;
/** Some process waited for a CPU for more than this share of the time. */
const PRESSED = 0.5;

/**
 * The first thing to change, as far as it shows from outside: refusals and pool timeouts by what was said of them,
 * PostgreSQL and the processors by what they did, and the pools only where the service tells of them.
 */
export function serviceBottleneck(
  service: ServiceFacts,
  seen: SeenAround,
): { readonly kind: BottleneckKind; readonly because: string } {
  if (service.refusalsLogged > 0) {
    return {
      kind: 'exhaustion',
      because: `PostgreSQL refused ${service.refusalsLogged} ${service.refusalsLogged === 1 ? 'connection' : 'connections'} for want of a slot (SQLSTATE 53300), as its log says`,
    };
  }
  const pool = poolWords(service, seen);
  const { database, pooler } = seen;
  const queued = pool !== null || pooler !== null;
  if (database !== null && (queued || database.bindsAlone || seen.tellsDatabase)) {
    return { kind: 'database', because: database.because };
  }
  if (pooler !== null) return { kind: 'pooler', because: pooler };
  const busy = cpuWords(service, seen);
  if (busy !== null) return { kind: 'service', because: busy };
  if (pool !== null) return { kind: 'pool', because: pool };
  const pressed = pressedWords(service, seen);
  if (pressed !== null) return { kind: 'host', because: pressed };
  return leftOver(service, seen);
}

/**
 * Nothing is at its limit as far as it shows. That it is the load which ends there only a service without a queue before
 * its pools can say: one that waits for its own processors, threads or connections looks like one with nothing to do.
 */
function leftOver(
  service: ServiceFacts,
  seen: SeenAround,
): { readonly kind: BottleneckKind; readonly because: string } {
  const used = service.cores === null ? [] : [`the service used ${service.cores.toFixed(2)} cores`];
  if (service.cores !== null && service.waitingMean !== null) {
    const shown = [...used, 'no queue before its pools, as its metrics say', ...roomText(seen)];
    return { kind: 'none', because: `nothing that shows is at its limit: ${shown.join(', ')}` };
  }
  const { sessions, inFlightMean } = service;
  const inside = `${inFlightMean.toFixed(1)} requests were with it on average`;
  if (sessions !== null && sessions.peak > 0) {
    const { peak, ceiling, busyMean } = sessions;
    const most =
      ceiling !== null && peak >= ceiling
        ? `its sessions stood at their ceiling of ${ceiling}`
        : `it had ${peak} sessions at most`;
    const there = `${most}, ${busyMean.toFixed(1)} of them busy on average`;
    return { kind: 'unseen', because: [there, inside, ...used].join(', ') };
  }
  const shown = [...used, ...roomText(seen), inside].join(', ');
  return { kind: 'unseen', because: `nothing that shows is at its limit: ${shown}` };
}

/** Sessions that are all taken, and more requests than those: the rest of them waits in the service. */
function busySessionWords({ sessions, inFlightMean }: ServiceFacts): string | null {
  if (sessions === null) return null;
  const { peak, busyMean, ceiling } = sessions;
  if (ceiling === null || peak < ceiling || busyMean < SESSIONS_BUSY * ceiling) return null;
  if (inFlightMean - busyMean < 1) return null;
  return `its sessions stood at their ceiling, ${busyMean.toFixed(1)} of ${ceiling} busy on average, while ${inFlightMean.toFixed(1)} requests were with it`;
}

/** Something else has this machine: its service, PostgreSQL and generator want more than they get. */
function pressedWords({ cores }: ServiceFacts, { machine, postgresCores }: SeenAround) {
  const { cpuPressureShare } = machine;
  if (cores === null || cpuPressureShare === null || cpuPressureShare < PRESSED) return null;
  const ours = cores + machine.generatorCores + (postgresCores ?? 0);
  if (ours >= MACHINE_BUSY * machine.cores) return null;
  return `service, PostgreSQL and generator used ${ours.toFixed(2)} of ${machine.cores} cores, and some process waited for one ${percentText(cpuPressureShare)} of the time`;
}

function poolWords(service: ServiceFacts, seen: SeenAround): string | null {
  const { waitingMean, usedMean, poolMax } = service;
  const { poolTimeouts, attempts } = seen;
  const waits = waitingMean !== null && waitingMean >= QUEUED;
  const taken = busySessionWords(service);
  // What its metrics say of its queue goes before what is concluded from its sessions.
  if (poolTimeouts === 0 && !waits) return waitingMean === null ? taken : null;
  const gaveUp =
    poolTimeouts === 0
      ? []
      : [`${poolTimeouts} of ${attempts} requests got no connection from the pool in time`];
  const waiting = waits ? [`${waitingMean.toFixed(1)} waited on average, as its metrics say`] : [];
  const used =
    usedMean === null || poolMax === null || poolMax === 0
      ? []
      : [`its ${poolMax} connections busy ${percentText(Math.min(1, usedMean / poolMax))}`];
  const said = [...gaveUp, ...waiting, ...used].join(', ');
  return [said, ...(taken === null ? [] : [taken]), ...roomText(seen)].join('; ');
}

function roomText({ activeMean }: SeenAround): readonly string[] {
  return activeMean === null
    ? []
    : [`PostgreSQL ran ${activeMean.toFixed(1)} statements at a time`];
}

function cpuWords(
  { cores, workers }: ServiceFacts,
  { machine, postgresCores }: SeenAround,
): string | null {
  if (cores === null) return null;
  const all = cores + machine.generatorCores + (postgresCores ?? 0);
  const largest = cores >= machine.generatorCores && cores >= (postgresCores ?? 0);
  if (largest && all >= MACHINE_BUSY * machine.cores) {
    return `the service used ${cores.toFixed(2)} of ${machine.cores} cores, and with PostgreSQL's ${(postgresCores ?? 0).toFixed(2)} and the generator's ${machine.generatorCores.toFixed(2)} none is left`;
  }
  const each = cores / workers;
  if (each < THREAD_BUSY.least || each > THREAD_BUSY.most) return null;
  const whose = workers === 1 ? 'its worker' : `its ${workers} workers`;
  return `${whose} used ${cores.toFixed(2)} cores: on one thread each, as Node and Python run, there are no more`;
}
