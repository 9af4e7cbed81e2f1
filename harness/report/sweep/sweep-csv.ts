import type { CellResult, Situation, SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { cellText, shortLoadText } from './cell-words.ts';
import { type CsvValue, csvText } from './csv.ts';
import { type SweepView, viewSweep } from './sweep-view.ts';

interface Row {
  readonly cell: CellResult;
  readonly situation: Situation | null;
  readonly view: SweepView;
}

/**
 * One line a cell, in the order of the plan; numbers are not rounded. An empty field is a value that
 * there is not: an interval of a single pair, a percentile of too few samples, a claim without bounds.
 * The rounds of a cell are in the JSON.
 */
const COLUMNS: readonly (readonly [header: string, read: (row: Row) => CsvValue])[] = [
  ['cell', ({ cell }) => cell.id],
  ['workload', ({ cell }) => cell.variables.workload],
  ['load', ({ cell }) => shortLoadText(cell.variables.load)],
  ['db_rtt_ms', ({ cell }) => cell.variables.dbRttMs],
  ['max_connections', ({ cell }) => cell.variables.maxConnections],
  ['pool_kind', ({ cell }) => cell.variables.poolKind],
  ['workers', ({ cell }) => cell.variables.workers],
  ['pool_size', ({ cell }) => cell.variables.poolSize],
  ['max_overflow', ({ cell }) => cell.variables.maxOverflow],
  ['shape', ({ cell, view }) => cellText(cell.variables, view.result.plan.axes)],
  ['state', ({ cell }) => cell.state],
  ['verdict', ({ cell }) => cell.verdict],
  ['caveats', ({ cell }) => cell.caveats.map(({ code }) => code).join(' ')],
  ['rounds_measured', ({ cell }) => cell.rounds.filter(({ state }) => state === 'measured').length],
  ['rank', ({ cell }) => cell.rank],
  ['best', ({ cell, situation }) => situation?.best === cell.id],
  [
    'not_distinguishable_from_best',
    ({ cell, situation }) => situation?.notDistinguishable.includes(cell.id) ?? false,
  ],
  ['goodput_per_second', ({ cell }) => cell.goodputPerSecond?.value ?? null],
  ['goodput_low', ({ cell }) => cell.goodputPerSecond?.interval?.low ?? null],
  ['goodput_high', ({ cell }) => cell.goodputPerSecond?.interval?.high ?? null],
  ['goodput_spread', ({ cell }) => cell.goodputSpread],
  ['of_best', ({ cell }) => cell.againstBest?.ratio ?? null],
  ['of_best_low', ({ cell }) => cell.againstBest?.interval?.low ?? null],
  ['of_best_high', ({ cell }) => cell.againstBest?.interval?.high ?? null],
  ['of_best_finding', ({ cell }) => cell.againstBest?.finding ?? null],
  ['throughput_per_second', ({ cell }) => cell.throughputPerSecond?.value ?? null],
  ['throughput_low', ({ cell }) => cell.throughputPerSecond?.interval?.low ?? null],
  ['throughput_high', ({ cell }) => cell.throughputPerSecond?.interval?.high ?? null],
  ['latency_ms_mean', ({ cell }) => cell.latencyMs.mean],
  ['latency_ms_p50', ({ cell }) => cell.latencyMs.p50],
  ['latency_ms_p90', ({ cell }) => cell.latencyMs.p90],
  ['latency_ms_p95', ({ cell }) => cell.latencyMs.p95],
  ['latency_ms_p99', ({ cell }) => cell.latencyMs.p99],
  ['latency_ms_p99_low', ({ cell }) => cell.latencyMsP99?.interval?.low ?? null],
  ['latency_ms_p99_high', ({ cell }) => cell.latencyMsP99?.interval?.high ?? null],
  ['latency_ms_p999', ({ cell }) => cell.latencyMs.p999],
  ['latency_ms_max', ({ cell }) => cell.latencyMs.max],
  ['latency_samples', ({ cell }) => cell.latencyMs.samples],
  ['requests_scheduled', ({ cell }) => cell.requests.scheduled],
  ['requests_ok', ({ cell }) => cell.requests.ok],
  ['requests_failed', ({ cell }) => cell.requests.failed],
  ['attempts_refused', ({ cell }) => refusedOf(cell)],
  ['connections_refused_logged', ({ cell }) => cell.refusalsLogged],
  ['connections_usable', ({ cell, view }) => view.budget(cell).usable],
  ['connections_floor', ({ cell, view }) => view.budget(cell).floor],
  ['connections_ceiling', ({ cell, view }) => view.budget(cell).ceiling],
  ['connections_rollout_ceiling', ({ cell, view }) => view.budget(cell).rolloutCeiling],
  ['connections_peak', ({ cell }) => cell.connections?.peakWorkers ?? null],
  ['fits', ({ cell, view }) => view.budget(cell).fits],
  ['fits_during_rollout', ({ cell, view }) => view.budget(cell).fitsDuringRollout],
  ['refusals_predicted', ({ cell }) => cell.budget?.predictedRefusals ?? null],
  ['refusals_observed', ({ cell }) => cell.budget?.observedRefusals ?? null],
  ['bottleneck', ({ cell }) => cell.bottleneck?.kind ?? null],
  ['thresholds_met', ({ cell }) => cell.thresholds.filter(({ met }) => met).length],
  ['thresholds_asked', ({ cell }) => cell.thresholds.length],
];

/** Where nobody could have told of refusals there are none to count. */
function refusedOf({ requests, budget }: CellResult): number | null {
  return requests.refused === 0 && budget?.refusalsVisible === false ? null : requests.refused;
}

/** Names of the columns, in order. */
export const SWEEP_CSV_HEADER: readonly string[] = COLUMNS.map(([header]) => header);

export function sweepCsv(result: SweepResult): string {
  const view = viewSweep(result);
  const situationOf = new Map(
    result.situations.flatMap((situation) => situation.cells.map((id) => [id, situation] as const)),
  );
  return csvText(
    SWEEP_CSV_HEADER,
    result.cells.map((cell) => {
      const row: Row = { cell, situation: situationOf.get(cell.id) ?? null, view };
      return COLUMNS.map(([, read]) => read(row));
    }),
  );
}
