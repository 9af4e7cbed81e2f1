import { shapeOfPlan } from '../analysis/estimates/shape-of-plan.ts';
import type { ServiceReading } from '../analysis/service-reading.ts';
import { unseenOf } from '../analysis/service-unseen.ts';
import type { ServiceObservation } from '../analysis/trial-observations.ts';
import type { LoadResult } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { ServiceMetrics } from '../service/metrics/metrics-account.ts';
import { watchServiceMetrics } from '../service/metrics/watch-service-metrics.ts';
import type { Lab } from './lab.ts';
import type { MonitorWindow } from './monitor-window.ts';
import type { TestedService } from './tested-service.ts';
import type { WindowAccount } from './window-account.ts';

const NOT_ASKED: ServiceMetrics = { metrics: null, unseen: [] };

/**
 * What shows of a service from outside: its processes, its output, its metrics where it has any, and what PostgreSQL
 * and its log say of its connections.
 *
 * @param wrongBefore its requests that were answered wrong before any load
 */
export async function openServiceAccount(
  service: Pick<TestedService, 'url' | 'judged' | 'metricsPath' | 'instances'>,
  {
    lab,
    plan,
    wrongBefore,
  }: {
    readonly lab: Pick<Lab, 'signal'> & {
      readonly postgres: Pick<Lab['postgres'], 'refusals'>;
    };
    readonly plan: TrialPlan;
    readonly wrongBefore: ServiceObservation['wrongBefore'];
  },
): Promise<WindowAccount> {
  const { instances, metricsPath } = service;
  const origin = service.url;
  const closing = new AbortController();
  const metrics =
    metricsPath === null
      ? null
      : await watchServiceMetrics({
          origin: service.judged.origin,
          path: metricsPath,
          workers: plan.service?.shapeKnown === true ? plan.workers : null,
          poolMost: poolMostOf(plan),
          signal: AbortSignal.any([lab.signal, closing.signal]),
        });
  const refusals = lab.postgres.refusals;
  const refusedBefore = refusals?.() ?? 0;
  const saidBefore = instances?.said() ?? null;
  const cpuBefore = instances?.cpuMs() ?? null;
  return {
    end: async ({ load, window }) => {
      const cpuAfter = instances?.cpuMs() ?? null;
      const { metrics: poolMetrics, unseen } = (await metrics?.stop()) ?? NOT_ASKED;
      const refusalsLogged = refusals === null ? null : refusals() - refusedBefore;
      const said = saidSince(saidBefore, instances?.said() ?? null);
      const cpuMs = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
      const seen = {
        origin,
        timing: { ...load.timed },
        metrics: poolMetrics,
        sessions: [...window.sessions],
        refusalsLogged,
        said,
        requests: requestsOf(load),
      };
      return {
        account: null,
        deaths: [],
        service: (stopped) => {
          const process =
            instances === null || stopped === null
              ? null
              : {
                  readyMs: instances.readyMs,
                  processesPeak: instances.processesPeak(),
                  ...stopped,
                  cpuMs,
                };
          const told = { ...seen, process };
          return {
            reading: {
              ...told,
              unseen: unseenOf({ ...told, metricsUnseen: unseen, seesDatabase: true }),
            },
            wrongBefore,
            busiestSecondMean: busiestSecondMean(window),
          };
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await metrics?.stop();
    },
  };
}

function poolMostOf(plan: TrialPlan): number | null {
  const { poolSize, maxOverflow } = shapeOfPlan(plan);
  return poolSize === 0 || maxOverflow < 0 ? null : poolSize + maxOverflow;
}

function saidSince(
  before: ServiceReading['said'],
  after: ServiceReading['said'],
): ServiceReading['said'] {
  if (before === null || after === null) return null;
  return {
    poolTimeouts: after.poolTimeouts - before.poolTimeouts,
    refusals: after.refusals - before.refusals,
    lines: after.lines - before.lines,
  };
}

/** Of a single kind the whole ledger says it. */
function requestsOf({ byRequest }: LoadResult): ServiceReading['requests'] {
  return byRequest.length < 2 ? [] : byRequest.map((it) => ({ ...it }));
}

function busiestSecondMean({ seconds }: MonitorWindow): number {
  return Math.max(0, ...seconds.map(({ workerConnectionsMean }) => workerConnectionsMean));
}
