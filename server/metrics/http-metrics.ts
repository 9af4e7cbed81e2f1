import {
  ERROR_CLASSES,
  type ErrorClass,
  METRICS,
  POOL_TIMEOUT_REASONS,
  REFUSAL_REASONS,
} from '../contract.ts';
import type { FinishedRequest, HttpRecorder } from '../http/http-account.ts';
import { DURATION_BUCKETS_SECONDS } from './duration-buckets.ts';
import type { MetricRegistry } from './registry.ts';

/**
 * Classes that always have a reason, from a closed set. Their series are there before the first failure,
 * since `rate()` does not see a counter's first value; so is the one without a reason of each other class.
 */
const REASONS: Readonly<Partial<Record<ErrorClass, readonly string[]>>> = {
  pool_timeout: POOL_TIMEOUT_REASONS,
  too_many_connections: REFUSAL_REASONS,
};
const NO_REASON: readonly string[] = [''];

/** Rate, errors and duration of the requests of one worker. */
export function httpRecorder(registry: MetricRegistry, worker: string): HttpRecorder {
  const duration = registry.histogram({
    name: METRICS.httpRequestSeconds,
    help: 'Time from the arrival of a request to the end of its answer, or of its connection (code 499).',
    labelNames: ['route', 'method', 'code'],
    buckets: DURATION_BUCKETS_SECONDS,
  });
  const errors = registry.counter({
    name: METRICS.errorsTotal,
    help: 'Requests that failed, by error class and reason; those whose client went away are client_abort.',
    labelNames: ['worker', 'class', 'reason'],
  });
  // Routes, methods, codes, classes and reasons are closed sets, so these maps stay small.
  const durations = new Map<string, ReturnType<typeof duration>>();
  const failures = new Map<string, ReturnType<typeof errors>>();
  const failed = (errorClass: ErrorClass, reason: string) =>
    resolve(failures, `${errorClass} ${reason}`, () =>
      errors({ worker, class: errorClass, reason }),
    );
  for (const errorClass of ERROR_CLASSES) {
    for (const reason of REASONS[errorClass] ?? NO_REASON) failed(errorClass, reason).inc(0);
  }
  return {
    requestEnded(request: FinishedRequest): void {
      const key = `${request.route} ${request.method} ${request.status}`;
      resolve(durations, key, () =>
        duration({
          route: request.route,
          method: request.method,
          code: String(request.status),
        }),
      ).observe(request.durationMs / 1_000);
      const { errorClass, reason = '' } = request;
      if (errorClass === null) return;
      failed(errorClass, reason).inc();
    },
  };
}

function resolve<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
}
