import { estimateOverRounds } from '../round-estimate.ts';
import type { SummarizedCell } from '../summarize-cell.ts';
import type { CellRound } from '../sweep-result.ts';

const USABLE_SLOTS = 96;

export interface ComparedCell {
  readonly id: string;
  /** Right answers per second, round by round from 1; `null`: the round may not be believed. */
  readonly goodputs: readonly (number | null)[];
  /** @default 1 worker × (4+0) of 96 slots */
  readonly workers?: number;
  readonly poolSize?: number;
  readonly maxOverflow?: number;
  /** p99 in ms of the same rounds; `null`: withheld. @default all withheld */
  readonly p99s?: readonly (number | null)[];
  /** The median in ms, the same way. */
  readonly p50s?: readonly (number | null)[];
  /** @default `usable` */
  readonly state?: SummarizedCell['state'];
  /** Half width of a single round's own interval, as a share; `null`: it has none. @default 0.03 */
  readonly ownHalfWidth?: number | null;
}

/** A cell as the comparison sees it: its goodput round by round, and what it claims. */
export function comparedCell(given: ComparedCell): SummarizedCell {
  const { id, goodputs, workers = 1, poolSize = 4, maxOverflow = 0, state = 'usable' } = given;
  const { ownHalfWidth = 0.03, p99s = [], p50s = [] } = given;
  const known = goodputs.filter((it) => it !== null);
  const intervals = known.map((value) =>
    ownHalfWidth === null
      ? null
      : { low: value * (1 - ownHalfWidth), high: value * (1 + ownHalfWidth) },
  );
  const estimate = estimateOverRounds(known, intervals);
  const ceiling = workers * (poolSize + maxOverflow);
  const rolloutCeiling = (workers + 1) * (poolSize + maxOverflow);
  return {
    id,
    variables: {
      workload: 'hot',
      load: { kind: 'closed', connections: 64, thinkTimeMs: 0 },
      dbRttMs: 0,
      maxConnections: 100,
      poolKind: 'queue',
      maxOverflow,
      workers,
      poolSize,
    },
    state,
    verdict: known.length === 0 ? 'INVALID' : 'VALID',
    caveats: [],
    rounds: goodputs.map((value, index) =>
      roundOf(index + 1, value, { p50: p50s[index] ?? null, p99: p99s[index] ?? null }),
    ),
    throughputPerSecond: estimate,
    goodputPerSecond: estimate,
    goodputSpread: null,
    latencyMs: {
      samples: 0,
      censored: 0,
      mean: null,
      max: null,
      p50:
        estimateOverRounds(
          p50s.filter((it) => it !== null),
          [],
        )?.value ?? null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
    },
    latencyMsP99: estimateOverRounds(
      p99s.filter((it) => it !== null),
      p99s.map(() => null),
    ),
    requests: { scheduled: 1, ok: 1, failed: 0, refused: 0 },
    failures: {},
    budget: {
      others: 1,
      predicted: {
        usable: USABLE_SLOTS,
        floor: workers * poolSize,
        ceiling,
        rolloutCeiling,
        floorFits: workers * poolSize <= USABLE_SLOTS,
        fits: ceiling <= USABLE_SLOTS,
        fitsDuringRollout: rolloutCeiling <= USABLE_SLOTS,
        clients: null,
      },
      reachable: ceiling,
      predictedRefusals: ceiling > USABLE_SLOTS,
      observedRefusals: false,
      agrees: ceiling <= USABLE_SLOTS,
      reached: 'postgres',
      shapeKnown: true,
      refusalsVisible: true,
      clients: null,
      rolloutObserved: false,
    },
    connections: null,
    refusalsLogged: null,
    bottleneck: null,
    composition: [],
    waitEventShares: {},
    thresholds: [],
    series: null,
  };
}

function roundOf(
  round: number,
  goodput: number | null,
  { p50, p99 }: { readonly p50: number | null; readonly p99: number | null },
): CellRound {
  return {
    state: 'measured',
    round,
    seed: round,
    startedAt: '2026-01-02T03:04:05.678Z',
    verdict: goodput === null ? 'INVALID' : 'VALID',
    caveats: [],
    ended: 'completed',
    steadyState: 'steady',
    throughputPerSecond: goodput,
    goodputPerSecond: goodput,
    wholeRunGoodputPerSecond: goodput ?? 0,
    wholeRunThroughputPerSecond: goodput ?? 0,
    latencyMsP50: p50,
    latencyMsP99: p99,
    scheduled: 1,
    failed: 0,
    refused: 0,
  };
}
