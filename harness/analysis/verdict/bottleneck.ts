import type { Bottleneck, Parts } from '../trial-result.ts';
import type { BottleneckKind } from './bottleneck-kinds.ts';
import { HELD_IDLE, latencyText, partWords, percentText } from './evidence-text.ts';
import { type ServiceFacts, serviceBottleneck } from './service-bottleneck.ts';

/** A latency and what it was made of. */
export interface Composed {
  /** Which one, e.g. `at p99`, `on average`. */
  readonly at: string;
  readonly latencyMs: number;
  readonly partsMs: Parts;
}

/** What the trial knows of everything that can be at its limit. CPU in cores, over the window. */
export interface BottleneckFacts {
  /** Why the generator failed to measure, or `null`. */
  readonly generatorFailure: string | null;
  /** Those that stood still in the window, or `null`. */
  readonly stalledWorkers: string | null;
  /** By PostgreSQL, and by a pooler before it. */
  readonly refusals: number;
  readonly poolerRefusals: number;
  readonly attempts: number;
  /** Clients try again, so that one request is several attempts. */
  readonly retries: boolean;
  /** A network lies between API and PostgreSQL. */
  readonly afar: boolean;
  /** A pooler is in between, the lab's own or somebody else's. */
  readonly pooled: boolean;
  readonly poolTimeouts: number;
  /** The slowest latency that can be taken apart; `null` without a right answer. */
  readonly slow: Composed | null;
  /** The mean right answer of the run. */
  readonly mean: Composed | null;
  readonly workers: readonly {
    readonly saturatedShare: number;
    readonly meanWaiting: number;
    /** Share of the time in which its loop did not sleep: it ran, or wanted to and got no CPU. */
    readonly eventLoopUtilization: number;
    readonly cores: number;
  }[];
  readonly pool: {
    /** Connections that one worker's pool may open; `null`: no limit. */
    readonly connections: number | null;
    /** Of all workers together, held at the same time on average. */
    readonly meanHeld: number;
    /** New connections of all pools together. */
    readonly openedPerSecond: number;
    readonly answersPerSecond: number;
  };
  readonly postgres: {
    /** Backends of the API in a statement, on average; 0 where no database is in sight. */
    readonly activeMean: number;
    readonly waitEventShares: Readonly<Record<string, number>>;
    /** `null` where it cannot be measured. */
    readonly cores: number | null;
    /** Whether it runs on this machine, so that the machine's cores are its cores. */
    readonly isHere: boolean;
  };
  /** That the lab started between API and PostgreSQL, by its own account; `null`: none, or it did not tell. */
  readonly pooler: {
    readonly mode: 'session' | 'transaction';
    /** Its connections to PostgreSQL at most, and those in a transaction on average. */
    readonly servers: number;
    readonly busyMean: number;
    /** Clients that wait for one, on average. */
    readonly waitingMean: number;
    /** Mean wait before a transaction; `null` without any. */
    readonly waitMs: number | null;
    /** `null` where it cannot be measured. */
    readonly cores: number | null;
  } | null;
  /** Of a service, which shows little of itself; `null`: the lab's own API. */
  readonly service: ServiceFacts | null;
  readonly machine: {
    readonly cores: number;
    readonly apiCores: number;
    readonly generatorCores: number;
    /** Share of the time in which some process waited for a CPU; `null` where the system does not tell. */
    readonly cpuPressureShare: number | null;
  };
}

/** A loop with less than this left answers late whatever it is asked; queueing makes the rest. */
const LOOP_BUSY = 0.9;
/** A part that is this share of a latency is what it is about. */
const DOMINANT = 0.5;
/** A pool with a waiter for more than this share of the time has too few connections for its load. */
const STARVED_SHARE = 0.5;
const MACHINE_BUSY = 0.9;
/** A loop that ran for less of its busy time than this was waiting for a CPU, not working. */
const RAN_SHARE = 0.5;
/** With less CPU pressure nobody was kept from running. */
const PRESSED_SHARE = 0.5;
/** With more new connections than this for each answer, opening them is a cost of its own. */
const CHURN = 0.1;
/** Wait events of a database that is held up by itself, not by its clients. */
const OWN_WAITS = ['Lock/', 'LWLock/', 'IO/', 'BufferPin/', 'Buffer/', 'IPC/'];
const NO_WAIT_EVENT = 'CPU';

/**
 * What to change first if the system is to do more. The order is that of certainty: a failed
 * measurement shows nothing, a refusal is its own proof; and a busy event loop comes before the pool,
 * since it keeps connections in hand while it is late, so that the pool only looks too small. A pool is
 * the limit where requests wait for it although the database has room; where it has none, more
 * connections would wait in there instead.
 */
export function findBottleneck(facts: BottleneckFacts): Bottleneck {
  const { kind, because } = decide(facts);
  const { slow, mean } = facts;
  const composed = slow ?? mean;
  const holdsIdle = facts.postgres.activeMean < facts.pool.meanHeld / 2;
  const words = {
    ...partWords(facts),
    ...(holdsIdle && !facts.pooled ? HELD_IDLE : {}),
  };
  const latency = kind === 'generator' || composed === null ? [] : [latencyText(composed, words)];
  return { kind, evidence: [...latency, because].join('; ') };
}

interface Decision {
  readonly kind: BottleneckKind;
  readonly because: string;
}

function decide(facts: BottleneckFacts): Decision {
  if (facts.generatorFailure !== null) {
    return { kind: 'generator', because: facts.generatorFailure };
  }
  if (facts.refusals > 0) {
    return {
      kind: 'exhaustion',
      because: `PostgreSQL refused ${facts.refusals} of ${facts.attempts} requests for want of a slot (SQLSTATE 53300)`,
    };
  }
  if (facts.poolerRefusals > 0) {
    return {
      kind: 'pooler',
      because: `PgBouncer refused ${facts.poolerRefusals} of ${facts.attempts} requests, which were more clients than it takes (max_client_conn)`,
    };
  }
  if (facts.service !== null) {
    const { poolTimeouts, attempts, postgres, machine } = facts;
    return serviceBottleneck(facts.service, {
      poolTimeouts,
      attempts,
      database: databaseLimit(facts),
      pooler: poolerLimit(facts),
      tellsDatabase: dominates(facts, 'db'),
      activeMean: facts.service.seesDatabase ? postgres.activeMean : null,
      machine,
      postgresCores: postgres.isHere ? postgres.cores : null,
    });
  }
  const loop = loopLimit(facts);
  if (loop !== null) {
    const others = starvedByOthers(facts);
    if (others !== null) return { kind: 'host', because: others };
    return { kind: 'api_event_loop', because: loop };
  }
  const database = databaseLimit(facts);
  const pool = poolLimit(facts);
  const pooler = poolerLimit(facts);
  const queued = pool !== null || pooler !== null;
  if (database !== null && (queued || database.bindsAlone || dominates(facts, 'db'))) {
    return { kind: 'database', because: database.because };
  }
  // Before the pools: what waits there waits for connections that themselves wait here.
  if (pooler !== null) return { kind: 'pooler', because: pooler };
  if (pool !== null) return { kind: 'pool', because: pool };
  return { kind: 'none', because: idleText(facts) };
}

function loopLimit(facts: BottleneckFacts): string | null {
  const busiest = Math.max(0, ...facts.workers.map((it) => it.eventLoopUtilization));
  const busy = `the busiest worker's event loop was busy ${percentText(busiest)} of the time`;
  if (starvedByDatabase(facts)) return null;
  if (busiest >= LOOP_BUSY) return busy;
  // Who is stopped stamps nothing: what came meanwhile looks as if it had come afterwards.
  if (facts.stalledWorkers !== null && dominates(facts, 'rest')) {
    return `${facts.stalledWorkers} stood still, and the rest is what its requests waited meanwhile`;
  }
  if (dominates(facts, 'loop')) return `the event loop is late, ${busy}`;
  const { mean } = facts;
  const lengthens = mean !== null && mean.partsMs.loop > mean.partsMs.db;
  // Shorter holds would spare those who wait; they open nobody a connection.
  return isStarved(facts) && lengthens
    ? `connections are held longer for the event loop than for PostgreSQL, ${busy}`
    : null;
}

/**
 * A loop looks busy too while its process is runnable and gets no CPU. Where the machine is full, mostly
 * of PostgreSQL, and the loops ran for the lesser part of their busy time, they are not what limits.
 */
function starvedByDatabase({ workers, postgres, pooler, machine }: BottleneckFacts): boolean {
  const { cores } = postgres;
  const { apiCores, generatorCores } = machine;
  if (!postgres.isHere || cores === null || cores < apiCores || cores < generatorCores)
    return false;
  const all = cores + apiCores + generatorCores + (pooler?.cores ?? 0);
  if (all < MACHINE_BUSY * machine.cores) return false;
  return ranShare(workers) < RAN_SHARE;
}

/** The same where neither the API nor PostgreSQL nor the generator fill the machine: strangers do. */
function starvedByOthers({ workers, postgres, pooler, machine }: BottleneckFacts): string | null {
  const { cores, apiCores, generatorCores, cpuPressureShare } = machine;
  const pressed = cpuPressureShare !== null && cpuPressureShare >= PRESSED_SHARE;
  const ours =
    apiCores +
    generatorCores +
    (pooler?.cores ?? 0) +
    (postgres.isHere ? (postgres.cores ?? 0) : 0);
  const ran = ranShare(workers);
  if (!pressed || ours >= MACHINE_BUSY * cores || ran >= RAN_SHARE) return null;
  return `the API's event loops had a CPU for ${percentText(ran)} of the time they wanted one; API, PostgreSQL and generator used ${ours.toFixed(2)} of ${cores} cores, and some process waited for one ${percentText(cpuPressureShare)} of the time`;
}

/** CPU time of the event loops over the time in which they did not sleep. */
function ranShare(workers: BottleneckFacts['workers']): number {
  const busy = workers.reduce((sum, it) => sum + it.eventLoopUtilization, 0);
  const ran = workers.reduce((sum, it) => sum + it.cores, 0);
  return busy === 0 ? 1 : Math.min(1, ran / busy);
}

/** Requests wait for a connection that somebody else holds. */
function isStarved(facts: BottleneckFacts): boolean {
  const saturated = Math.max(0, ...facts.workers.map(({ saturatedShare }) => saturatedShare));
  return facts.poolTimeouts > 0 || saturated >= STARVED_SHARE || dominates(facts, 'wait');
}

function poolLimit(facts: BottleneckFacts): string | null {
  const { poolTimeouts, workers, pool, postgres } = facts;
  const starved = isStarved(facts);
  if (!starved && !dominates(facts, 'connect')) return null;
  const room = `PostgreSQL ran ${postgres.activeMean.toFixed(1)} statements at a time${coresText(postgres.cores)}`;
  if (!starved) return `connections are opened anew for the requests; ${room}`;
  const waiting = workers.reduce((sum, { meanWaiting }) => sum + meanWaiting, 0);
  const gaveUp = poolTimeouts === 0 ? '' : `, ${poolTimeouts} gave up`;
  return `${poolText(pool, workers.length)}, ${waiting.toFixed(1)} requests waiting on average${gaveUp}; ${room}`;
}

/** It is one thread: with this much of a core it has no more. */
const POOLER_BUSY = 0.85;

/** Clients queue in the pooler: for one of its connections, or for itself. */
function poolerLimit({ pooler, mean, postgres }: BottleneckFacts): string | null {
  if (pooler === null) return null;
  const { mode, servers, busyMean, waitingMean, waitMs, cores } = pooler;
  if (cores !== null && cores >= POOLER_BUSY) {
    return `PgBouncer has one thread, which used ${cores.toFixed(2)} of a core`;
  }
  const longest = mean !== null && waitMs !== null && waitMs >= DOMINANT * mean.latencyMs;
  if (waitingMean < 1 || !(longest || waitingMean >= servers)) return null;
  const kept = mode === 'session' ? ', which each client keeps until it leaves' : '';
  // Who never got one has not been counted.
  const wait = waitMs === null || waitMs < 0.05 ? '' : `, ${waitMs.toFixed(1)} ms each time`;
  return `${waitingMean.toFixed(1)} clients on average waited inside PgBouncer${wait} for one of its ${servers} connections${kept}; ${busyMean.toFixed(1)} of them were in a transaction; PostgreSQL ran ${postgres.activeMean.toFixed(1)} statements at a time${coresText(postgres.cores)}`;
}

interface DatabaseLimit {
  readonly because: string;
  /** It holds everybody up, even where no request waits for a connection. */
  readonly bindsAlone: boolean;
}

function databaseLimit({
  postgres,
  pooler,
  machine,
  pool,
  service,
}: BottleneckFacts): DatabaseLimit | null {
  const { activeMean, waitEventShares, cores } = postgres;
  const waits = Object.entries(waitEventShares)
    .filter(([event]) => OWN_WAITS.some((prefix) => event.startsWith(prefix)))
    .sort(([, a], [, b]) => b - a);
  const held = waits.reduce((sum, [, share]) => sum + share, 0);
  if (activeMean >= 1 && held >= DOMINANT) {
    const [most] = waits;
    const named = most === undefined ? '' : `, most of it ${most[0]} (${percentText(most[1])})`;
    return {
      because: `${percentText(held)} of the active backends wait inside PostgreSQL${named}`,
      bindsAlone: false,
    };
  }
  const onCpu = activeMean * (waitEventShares[NO_WAIT_EVENT] ?? 0);
  const { apiCores, generatorCores } = machine;
  const all = (cores ?? 0) + apiCores + generatorCores + (pooler?.cores ?? 0);
  const busy = all >= MACHINE_BUSY * machine.cores;
  const largest = cores !== null && cores >= apiCores && cores >= generatorCores;
  if (busy && largest) {
    return {
      because: `PostgreSQL used ${cores.toFixed(2)} of ${machine.cores} cores, and with the ${service === null ? 'API' : 'service'}'s ${apiCores.toFixed(2)} and the generator's ${generatorCores.toFixed(2)} none is left${churnText(pool)}`,
      bindsAlone: true,
    };
  }
  if (postgres.isHere && onCpu >= machine.cores) {
    return {
      because: `${onCpu.toFixed(1)} backends want to run at a time, on ${machine.cores} cores`,
      bindsAlone: false,
    };
  }
  return null;
}

/** Of the slow latency, or of the mean one. */
function dominates(
  { slow, mean }: Pick<BottleneckFacts, 'slow' | 'mean'>,
  part: keyof Parts,
): boolean {
  const composed = slow ?? mean;
  return composed !== null && composed.partsMs[part] >= DOMINANT * composed.latencyMs;
}

function churnText({ openedPerSecond, answersPerSecond }: BottleneckFacts['pool']): string {
  if (openedPerSecond <= CHURN * answersPerSecond) return '';
  return `; the pools opened ${Math.round(openedPerSecond)} connections a second, each a new process`;
}

function poolText({ connections, meanHeld }: BottleneckFacts['pool'], workers: number): string {
  if (connections === null) return `${meanHeld.toFixed(1)} connections held on average`;
  const all = connections * workers;
  const busy = percentText(all === 0 ? 0 : Math.min(1, meanHeld / all));
  return workers === 1
    ? `pool of ${connections} busy ${busy} of the time`
    : `${workers} pools of ${connections} busy ${busy} of the time`;
}

function idleText({ pool, workers, postgres }: BottleneckFacts): string {
  const busiest = Math.max(0, ...workers.map((it) => it.eventLoopUtilization));
  return `nothing is at its limit: ${poolText(pool, workers.length)}, event loops at most ${percentText(busiest)}, PostgreSQL ran ${postgres.activeMean.toFixed(1)} statements at a time${coresText(postgres.cores)}`;
}

function coresText(cores: number | null): string {
  return cores === null ? '' : ` on ${cores.toFixed(2)} cores`;
}
