import type { MeasuredTrial } from '../../harness/analysis/trial-result.ts';
import { withHarnessMetrics } from '../../harness/metrics/harness-metrics.ts';
import { parseTrialPlan } from '../../harness/plan/parse-trial-plan.ts';
import type { TrialPlan } from '../../harness/plan/trial-plan.ts';
import { EMBEDDED } from '../../harness/postgres/chosen-postgres.ts';
import { findFreePort } from '../../harness/postgres/free-port.ts';
import { LAB_DIRECTORY_PARENT } from '../../harness/postgres/lab-directory.ts';
import { labRulesPath } from '../../harness/prometheus/dashboard-files.ts';
import { SCRAPE_JOBS } from '../../harness/prometheus/prometheus-configuration.ts';
import { requirePrometheus } from '../../harness/prometheus/prometheus-program.ts';
import { withPrometheus } from '../../harness/prometheus/prometheus-server.ts';
import { createRedactor } from '../../harness/report/redactor.ts';
import { type Lab, withLab } from '../../harness/runner/lab.ts';
import { runTrial } from '../../harness/runner/trial.ts';
import { METRICS, POOL_DEFAULTS } from '../../server/contract.ts';
import { ANNOTATIONS } from '../grafana/annotations.ts';
import { DIAGNOSES } from '../grafana/diagnoses.ts';
import { type PanelQuery, panelQueries } from '../grafana/pool-exhaustion.ts';
import { withAllChosen } from '../grafana/variables.ts';
import { queryAt, queryRange, type Series, scrapedSeries } from './prometheus-client.ts';

/** What a Prometheus that scraped a lab every second knows after it. */
export interface ObservedExhaustion {
  /** Requests queue, and nothing fails. */
  readonly queueing: ObservedTrial;
  /** PostgreSQL refuses connections. */
  readonly refusing: ObservedTrial;
  /** Every query of the dashboard with the series it returned over all of it. */
  readonly panels: readonly { readonly query: PanelQuery; readonly series: readonly Series[] }[];
  /** Series of what the dashboard marks on every curve, by its name. */
  readonly annotations: Readonly<Record<string, readonly Series[]>>;
  /** Names of the diagnoses that are made at the end of each trial. */
  readonly diagnoses: Readonly<Record<'queueing' | 'refusing', readonly string[]>>;
  /** Firing alerts, a series each, as they were recorded. */
  readonly alerts: readonly Series[];
  /** `up` of both targets, scrape by scrape. */
  readonly scrapes: readonly Series[];
  /** Labels of all series that were scraped, by job. */
  readonly series: Readonly<Record<keyof typeof SCRAPE_JOBS, readonly Series['labels'][]>>;
  /** Waiting requests in the steady window, on average, from the integral counter. */
  readonly meanQueue: number;
  /** What the lab had to say beside its results. */
  readonly warnings: readonly string[];
}

export interface ObservedTrial {
  readonly result: MeasuredTrial;
  /** Wall clock. */
  readonly measureFromMs: number;
  readonly stopAtMs: number;
}

/** Grafana makes it of a scrape interval of a second, see its documentation of the variable. */
const RATE_INTERVAL = '4s';
/** Nothing of the edges of a window is in what is compared with it. */
const WINDOW_EDGE_MS = 1_000;

const base = (): TrialPlan => {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  return {
    ...plan,
    workers: 2,
    workload: 'hold',
    drainMs: 5_000,
    postgres: { ...plan.postgres, maxConnections: 30 },
  };
};

/**
 * 88 clients at 8 connections of 200 ms: 80 wait, for 2 s each. That is over half of the pool timeout, and
 * far enough below it that a machine which stands still for a moment, or deals the clients out unevenly,
 * makes no wait reach it. λW is the queue of a window only where the rate was the same for one wait before it:
 * a busy machine delays each hold by as much, and so changes the rate of long ones less.
 */
const QUEUEING: TrialPlan = {
  ...base(),
  pool: { ...POOL_DEFAULTS, poolSize: 4, maxOverflow: 0, poolTimeoutMs: 3_700 },
  workloadParams: { ms: '200' },
  load: { ...base().load, model: { kind: 'closed', connections: 88, thinkTimeMs: 0 } },
  // Prometheus asks its targets for the first time some five seconds after its start.
  warmupMs: 5_000,
  durationMs: 14_000,
};

/** 40 connections where 26 are usable; of one worker, so that all clients are its own. */
const REFUSING: TrialPlan = {
  ...base(),
  workers: 1,
  pool: { ...POOL_DEFAULTS, poolSize: 5, maxOverflow: 35 },
  workloadParams: { ms: '50' },
  load: { ...base().load, model: { kind: 'closed', connections: 64, thinkTimeMs: 0 } },
  warmupMs: 0,
  durationMs: 10_000,
};

/** Runs both, one after the other, before the eyes of a Prometheus with the lab's rules. */
export async function observeExhaustion(): Promise<ObservedExhaustion> {
  const program = await requirePrometheus(process.env);
  const adminPort = await findFreePort();
  const warnings: string[] = [];
  return withHarnessMetrics({ port: 0 }, ({ observer, url: harnessUrl }) =>
    withLab(QUEUEING.postgres, { ...labDeps(warnings), observer }, (lab) =>
      withPrometheus(
        {
          program,
          port: 0,
          targets: { api: `127.0.0.1:${adminPort}`, harness: new URL(harnessUrl ?? '').host },
          rulesPath: labRulesPath(),
        },
        lab,
        async ({ url }) => {
          const fromMs = Date.now();
          const queueing = await observeTrial(lab, QUEUEING, adminPort);
          const refusing = await observeTrial(lab, REFUSING, adminPort);
          return {
            queueing,
            refusing,
            warnings,
            ...(await look(url, { fromMs, queueing, refusing })),
          };
        },
      ),
    ),
  );
}

async function look(
  url: string,
  run: Pick<ObservedExhaustion, 'queueing' | 'refusing'> & { readonly fromMs: number },
): Promise<Omit<ObservedExhaustion, 'queueing' | 'refusing' | 'warnings'>> {
  const { fromMs, queueing, refusing } = run;
  const toMs = Date.now();
  const lookBack = `${Math.ceil((toMs - fromMs) / 1_000)}s`;
  const overAll = (expr: string): Promise<readonly Series[]> =>
    queryRange(url, withAllChosen(expr, RATE_INTERVAL), { fromMs, toMs, stepMs: 1_000 });
  const panels = [];
  for (const query of panelQueries()) panels.push({ query, series: await overAll(query.expr) });
  const annotations: Record<string, readonly Series[]> = {};
  for (const { name, expr } of ANNOTATIONS) annotations[name] = await overAll(expr);
  return {
    panels,
    annotations,
    diagnoses: {
      queueing: await diagnosesAt(url, queueing.stopAtMs - WINDOW_EDGE_MS),
      refusing: await diagnosesAt(url, refusing.stopAtMs - WINDOW_EDGE_MS),
    },
    alerts: await queryAt(url, `ALERTS{alertstate="firing"}[${lookBack}]`, toMs),
    scrapes: await queryAt(url, `up[${lookBack}]`, toMs),
    series: {
      api: await scrapedSeries(url, SCRAPE_JOBS.api),
      harness: await scrapedSeries(url, SCRAPE_JOBS.harness),
    },
    meanQueue: await meanQueue(url, queueing),
  };
}

async function diagnosesAt(url: string, atMs: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (const { name, expr } of DIAGNOSES) {
    const [series] = await queryAt(url, withAllChosen(expr, RATE_INTERVAL), atMs);
    if (series?.samples[0]?.value === 1) made.push(name);
  }
  return made;
}

/** One query, at the end of the steady window and over nearly all of it. */
async function meanQueue(url: string, { result, measureFromMs }: ObservedTrial): Promise<number> {
  const { fromSecond, toSecond } = result.steadyState;
  const endMs = measureFromMs + toSecond * 1_000 - WINDOW_EDGE_MS;
  const rangeSeconds = toSecond - fromSecond - (2 * WINDOW_EDGE_MS) / 1_000;
  const query = `sum(rate(${METRICS.pendingSecondsTotal}[${rangeSeconds}s]))`;
  const [series] = await queryAt(url, query, endMs);
  const [sample] = series?.samples ?? [];
  if (sample === undefined) throw new Error(`${query} has no value at the end of the window`);
  return sample.value;
}

async function observeTrial(lab: Lab, plan: TrialPlan, adminPort: number): Promise<ObservedTrial> {
  const at = new Map<string, number>();
  const result = await runTrial(
    lab,
    plan,
    { onPhase: (phase) => at.set(phase, Date.now()), onProgress: () => undefined },
    { port: 0, adminPort },
  );
  return { result, measureFromMs: at.get('measure') ?? 0, stopAtMs: at.get('stop') ?? 0 };
}

function labDeps(warnings: string[]) {
  return {
    poolLabVersion: 'test',
    postgres: EMBEDDED,
    env: process.env,
    signal: new AbortController().signal,
    redactor: createRedactor(),
    labParent: LAB_DIRECTORY_PARENT,
    warn: (sentence: string): void => {
      warnings.push(sentence);
    },
  };
}
