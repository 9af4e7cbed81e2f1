import { Client } from 'pg';
import {
  ADMIN_PATHS,
  type DatabaseConfig,
  type ServerStats,
  type WorkerStats,
} from '../../server/contract.ts';
import type { LoadResult } from '../load/load-engine.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { withApi } from '../runner/api.ts';
import { type LabDeps, withLab } from '../runner/lab.ts';
import { pause } from '../runner/pause.ts';
import { sampleOnSchedule } from '../runner/sampling-schedule.ts';
import type { ServerProcess } from '../runner/server-process.ts';
import { loadRequest } from '../runner/trial-request.ts';
import { readQueueScrape } from './queue-scrape.ts';
import type { Tick } from './scrape-views.ts';

/*
 * Three times half a minute: a burst of arrivals that the pools cannot serve, quiet, and a burst while
 * neighbours have the slots that the pools' overflow would need. A job in step with the clock, as cron
 * starts them: a Prometheus scrapes a target always at the same moment of its interval, so it meets such a
 * job each time or never.
 */
const QUIET_PER_SECOND = 30;
const BURST_PER_SECOND = 240;
const BURST_MS = 2_000;
const STARVED_AT_MS = 1_000;
const REFUSED_AT_MS = 11_000;
export const CYCLE_MS = 30_000;
const CYCLES = 3;

export const SCRAPE_MS = 1_000;
/** Prometheus' own example, and what most installations keep. */
export const USUAL_SCRAPE_MS = 15_000;
export const WINDOW_MS = CYCLES * CYCLE_MS;
/**
 * The first scrape may fall on any moment of the first interval. It is quiet, and so is the last one, so that
 * the windows of all of them hold the same bursts whole.
 */
const RUN_MS = USUAL_SCRAPE_MS + WINDOW_MS;

const HOLD_MS = 100;
const WORKERS = 2;
const SHAPE = { poolSize: 5, maxOverflow: 3 } as const;
/** 18 usable beside the monitor: the pools' 16 fit, and two are spare. */
const MAX_CONNECTIONS = 22;
/** All that the workers' own `poolSize` leaves of the usable slots. */
const NEIGHBOURS = 8;
const NEIGHBOURS_LEAD_MS = 300;
/** Arrivals of a whole burst and its queue; a drop would make the client's account an "at least". */
const CLIENT_CONNECTIONS = 600;
const SCRAPE_DEADLINE_MS = 900;

export interface ScrapeRecord {
  /** One a second. */
  readonly ticks: readonly Tick[];
  readonly ticksMissed: number;
  readonly load: LoadResult;
  /** With none free for the API: all but those reserved for superusers. */
  readonly slotsForAll: number;
}

/** One lab under bursts for about two minutes, looked at once a second. */
export async function recordScrapes(deps: LabDeps): Promise<ScrapeRecord> {
  const plan = burstPlan();
  return await withLab(plan.postgres, deps, (lab) =>
    withApi(lab, { plan, ports: { port: 0, adminPort: 0 } }, async (server) => {
      const ended = new AbortController();
      const signal = AbortSignal.any([lab.signal, server.ended, ended.signal]);
      const ticks: Tick[] = [];
      const scraping = sampleOnSchedule({
        intervalMs: SCRAPE_MS,
        signal,
        now: () => performance.now(),
        sample: async () => {
          ticks.push(await look(server));
        },
      });
      const crowding = crowd(lab.postgres.api, signal);
      try {
        const load = await lab.load.run(loadRequest(server.url, plan), {
          signal,
          onProgress: () => undefined,
        });
        ended.abort();
        const { error, samplesMissed } = await scraping;
        if (error !== null) throw error;
        return {
          ticks,
          ticksMissed: samplesMissed,
          load,
          slotsForAll: MAX_CONNECTIONS - plan.postgres.superuserReservedConnections,
        };
      } finally {
        ended.abort();
        await Promise.allSettled([scraping, crowding]);
      }
    }),
  );
}

function burstPlan(): TrialPlan {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  const stage = (perSecond: number, durationMs: number) => ({
    fromPerSecond: perSecond,
    toPerSecond: perSecond,
    durationMs,
  });
  const cycle = [
    stage(QUIET_PER_SECOND, STARVED_AT_MS),
    stage(BURST_PER_SECOND, BURST_MS),
    stage(QUIET_PER_SECOND, REFUSED_AT_MS - STARVED_AT_MS - BURST_MS),
    stage(BURST_PER_SECOND, BURST_MS),
    stage(QUIET_PER_SECOND, CYCLE_MS - REFUSED_AT_MS - BURST_MS),
  ];
  const cycles = Array.from({ length: CYCLES }, () => cycle).flat();
  return {
    ...plan,
    workers: WORKERS,
    pool: { ...plan.pool, ...SHAPE },
    workload: 'hold',
    workloadParams: { ms: String(HOLD_MS) },
    load: {
      ...plan.load,
      model: {
        kind: 'open',
        stages: [stage(QUIET_PER_SECOND, USUAL_SCRAPE_MS), ...cycles],
        arrivals: 'poisson',
        maxInFlight: CLIENT_CONNECTIONS,
        atCap: 'drop',
        threads: 1,
      },
    },
    durationMs: RUN_MS,
    postgres: { ...plan.postgres, maxConnections: MAX_CONNECTIONS },
  };
}

async function look(server: Pick<ServerProcess, 'adminUrl' | 'stats'>): Promise<Tick> {
  const [text, stats] = await Promise.all([scrape(server.adminUrl), server.stats()]);
  return { atMs: performance.now(), scrape: readQueueScrape(text), account: accountOf(stats) };
}

async function scrape(adminUrl: string): Promise<string> {
  const response = await fetch(new URL(ADMIN_PATHS.metrics, adminUrl), {
    signal: AbortSignal.timeout(SCRAPE_DEADLINE_MS),
  });
  return await response.text();
}

function accountOf({ workers }: ServerStats): Tick['account'] {
  const sum = (of: (worker: WorkerStats) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0);
  return {
    workers: workers.length,
    waitingSeconds: sum(({ pool }) => pool.waitingSeconds),
    saturatedSeconds: sum(({ pool }) => pool.saturatedSeconds),
    refusals: sum(({ http }) => http.errors.too_many_connections ?? 0),
    waitingPeak: Math.max(...workers.map(({ pool }) => pool.waitingPeak)),
  };
}

/** Neighbours that connect shortly before the second burst of each cycle and leave after it. */
async function crowd(database: DatabaseConfig, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const until = (ms: number): Promise<void> => pause(startedMs + ms - performance.now(), signal);
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const burstMs = USUAL_SCRAPE_MS + cycle * CYCLE_MS + REFUSED_AT_MS;
    await until(burstMs - NEIGHBOURS_LEAD_MS);
    if (signal.aborted) return;
    const neighbours = Array.from({ length: NEIGHBOURS }, () => {
      const client = new Client({ ...database, application_name: 'neighbour' });
      client.on('error', () => {
        // PostgreSQL ended; the lab says so.
      });
      return client;
    });
    try {
      // One that comes too late for a slot is refused itself; the slots are taken then.
      await Promise.allSettled(neighbours.map((client) => client.connect()));
      await until(burstMs + BURST_MS);
    } finally {
      await Promise.allSettled(neighbours.map((client) => client.end()));
    }
  }
}
