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
  readonly machine: { readonly cores: number; readonly generatorCores: number };
  readonly postgresCores: number | null;
}

/** What is within this share of a core for each worker is one that a single thread has no more of. */
const THREAD_BUSY = { least: 0.85, most: 1.05 } as const;
const MACHINE_BUSY = 0.9;
/** A queue that is there half of the time. */
const QUEUED = 0.5;

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
  const used = service.cores === null ? [] : [`the service used ${service.cores.toFixed(2)} cores`];
  const shown = [...used, ...roomText(seen)].join(', ');
  return {
    // A service that waits for its own processors looks like one that has nothing to do.
    kind: service.cores === null ? 'unseen' : 'none',
    because: `nothing that shows is at its limit${shown === '' ? '' : `: ${shown}`}`,
  };
}

function poolWords(
  { waitingMean, usedMean, poolMax }: ServiceFacts,
  seen: SeenAround,
): string | null {
  const { poolTimeouts, attempts } = seen;
  const waits = waitingMean !== null && waitingMean >= QUEUED;
  if (poolTimeouts === 0 && !waits) return null;
  const gaveUp =
    poolTimeouts === 0
      ? []
      : [`${poolTimeouts} of ${attempts} requests got no connection from the pool in time`];
  const waiting = waits ? [`${waitingMean.toFixed(1)} waited on average, as its metrics say`] : [];
  const used =
    usedMean === null || poolMax === null || poolMax === 0
      ? []
      : [`its ${poolMax} connections busy ${percentText(Math.min(1, usedMean / poolMax))}`];
  return [[...gaveUp, ...waiting, ...used].join(', '), ...roomText(seen)].join('; ');
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
