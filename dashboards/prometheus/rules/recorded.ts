import { METRICS } from '../../../server/contract.ts';
import { rateWindow, type Windows } from '../windows.ts';

const withoutTotal = (counter: string): string => counter.replace(/_total$/, '');

/**
 * Names of what is recorded, with the window in them: the rules of both kinds of windows never write the same
 * series. `pool:` has the labels of a pool (job, instance, worker; or what a service of your own has),
 * `instance:` those of a process, `job:` those of a service.
 */
export function recordedNames(windows: Windows) {
  const window = rateWindow(windows);
  const queue = withoutTotal(METRICS.pendingSecondsTotal);
  const saturated = withoutTotal(METRICS.saturatedSecondsTotal);
  const requests = `${METRICS.httpRequestSeconds}_count`;
  return {
    poolQueue: `pool:${queue}:rate${window}`,
    poolSaturated: `pool:${saturated}:rate${window}`,
    poolWaitP99: `pool:${METRICS.waitSeconds}:p99_${window}`,
    poolReturned: `pool:${METRICS.useSeconds}_count:rate${window}`,
    queue: `instance:${queue}:rate${window}`,
    saturated: `instance:${saturated}:max_rate${window}`,
    waitP99: `instance:${METRICS.waitSeconds}:p99_${window}`,
    timeouts: `instance:${withoutTotal(METRICS.timeoutsTotal)}:rate${window}`,
    poolMaxOfJob: `job:${METRICS.connectionMax}:sum`,
    slotsLeft: `instance:${METRICS.pgConnections}:left`,
    slotsUsedRatio: `instance:${METRICS.pgConnections}:used_ratio`,
    connectErrors: `instance_sqlstate:${withoutTotal(METRICS.connectErrorsTotal)}:rate${window}`,
    requests: `instance:${requests}:rate${window}`,
    errorRatio: `instance:${requests}:error_ratio_rate${window}`,
  } as const;
}
