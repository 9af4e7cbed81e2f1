import type { RequestMix } from '../plan/request-mix.ts';
import type { Service } from '../plan/service.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Watched } from '../postgres/watched-sessions.ts';
import { requestMixOf } from '../request-mix-of.ts';
import { withDatabaseWay } from './database-way.ts';
import type { Api } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { type ServiceInstances, startServiceInstances } from './service-instances.ts';
import type { JudgedTarget } from './target-consent.ts';

/** A service of the user's own, under load. */
export interface TestedService
  extends Pick<Api, 'readDistance' | 'faults' | 'statements' | 'pgbouncer'> {
  /** Origin. */
  readonly url: string;
  /** Where it is connected to, and under which name. */
  readonly judged: JudgedTarget;
  /** It, or something between it and its database, ended. */
  readonly ended: AbortSignal;
  /** What it is asked. */
  readonly requests: RequestMix;
  /** Which sessions are its own. */
  readonly watched: Watched;
  /** Where its metrics may be; `null`: it is not asked. */
  readonly metricsPath: string | null;
  /** Of the lab; `null`: it ran before, and goes on. */
  readonly instances: ServiceInstances | null;
}

/** Whether one that runs already ended, its answers say. */
const NEVER = new AbortController().signal;
/** The lab gives its statements no names: what it sends is its own. */
const ITS_OWN_STATEMENTS: TestedService['statements'] = { named: false, problem: null };

/**
 * The service of a plan, on the lab's database, for the time of `use`. On every path no process of it is left, but of
 * one that runs already: that goes on.
 *
 * @throws LabError SERVICE_NOT_READY, CONFIG_INVALID
 */
export async function withTestedService<T>(
  lab: Lab,
  { plan, service }: { readonly plan: TrialPlan; readonly service: Service },
  use: (service: TestedService) => Promise<T>,
): Promise<T> {
  const requests = mixOf(plan, lab);
  if (service.kind === 'running') {
    const { origin, metricsPath } = service;
    return await use({
      url: origin,
      judged: lab.judged ?? { origin, host: null },
      ended: NEVER,
      readDistance: null,
      faults: null,
      statements: ITS_OWN_STATEMENTS,
      pgbouncer: null,
      requests,
      watched: lab.watched,
      metricsPath,
      instances: null,
    });
  }
  const { workers, pool } = plan;
  return await withDatabaseWay(lab, { plan, database: lab.postgres.api }, async (far, way) => {
    const { database, readDistance, faults, pgbouncer } = way;
    const { poolSize, maxOverflow, poolTimeoutMs } = pool;
    const facts = { workers, poolSize, maxOverflow, poolTimeoutMs, database };
    const instances = await startServiceInstances({ service, facts, env: lab.env }, far);
    const processEnds = lab.observer.onProcess('api', instances.pid);
    try {
      return await use({
        url: instances.origin,
        judged: { origin: instances.origin, host: null },
        ended: AbortSignal.any([instances.ended, way.ended]),
        readDistance,
        faults,
        statements: ITS_OWN_STATEMENTS,
        pgbouncer,
        requests,
        watched: lab.watched,
        metricsPath: service.metricsPath,
        instances,
      });
    } finally {
      processEnds();
      await instances.stop();
    }
  });
}

/** @throws LabError as `requestMixOf` does */
export function mixOf(
  { requests }: Pick<TrialPlan, 'requests'>,
  { env, redactor }: Pick<Lab, 'env' | 'redactor'>,
): RequestMix {
  if (requests === null) throw new Error('a plan of a service without requests');
  return requestMixOf(requests, { env, redactor });
}
