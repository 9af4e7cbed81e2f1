import type { OpenModel } from '../load/load-engine.ts';
import type { Observation } from './family.ts';
import { count, EXACT, type Quantity, time, WITHIN_1_PERCENT } from './quantity.ts';

/**
 * What every row asks of the account, whatever the stub does: no law broken, nothing on the wire that
 * the stub did not see, every right answer counted, and as many arrivals as the rate asks for,
 * issued when they were due.
 *
 * @param onTheirWayMax answers that the stub may have given just when the engine gave them up: where
 *   requests are left over at the end, as many as the stub answers at a time. @default 0
 */
export function accountQuantities(
  { request, load, truth }: Observation,
  { onTheirWayMax }: { readonly onTheirWayMax: number } = { onTheirWayMax: 0 },
): readonly Quantity[] {
  const { ledger, brokenLaws, offered } = load;
  const { attempts } = ledger;
  const notConnected = Object.values(attempts.connectionErrors).reduce((sum, n) => sum + n, 0);
  const account: readonly Quantity[] = [
    count('broken laws', { truth: 0, ours: brokenLaws.length }),
    count('on the wire', { truth: truth.requests, ours: attempts.started - notConnected }),
    {
      ...count('right answers', { truth: truth.answered - truth.failed, ours: ledger.ok }),
      // Only where a host is late at the end can an answer be on its way when the engine gives it up.
      basis: ledger.unanswered > 0 ? 'time' : 'count',
      tolerance:
        onTheirWayMax === 0 ? EXACT : { kind: 'within', absolute: onTheirWayMax, relative: 0 },
    },
    // The rows have room enough, unless the host makes the stub late by a multiple of its service.
    { ...count('dropped at the cap', { truth: 0, ours: ledger.dropped }), basis: 'time' },
  ];
  const { model } = request;
  if (offered === null || model.kind !== 'open') return account;
  const issued = { truth: offered.due, ours: offered.issued, tolerance: WITHIN_1_PERCENT };
  return [
    ...account,
    arrivals(model, offered.due),
    { ...time('issued', issued), unit: 'requests' },
  ];
}

/** What the rate asks for; Poisson arrivals are as many give or take three deviations and a bit. */
function arrivals({ stages, arrivals: kind }: OpenModel, due: number): Quantity {
  const truth = stages.reduce(
    (sum, { fromPerSecond, toPerSecond, durationMs }) =>
      sum + (((fromPerSecond + toPerSecond) / 2) * durationMs) / 1_000,
    0,
  );
  const room = kind === 'constant' ? 1 : NORMAL_QUANTILE * Math.sqrt(truth);
  return {
    ...count('arrivals', { truth, ours: due }),
    tolerance: { kind: 'within', absolute: room, relative: 0 },
  };
}

/** Two-sided 99.9 % of a normal variable, which a Poisson count of hundreds is. */
const NORMAL_QUANTILE = 3.29;
