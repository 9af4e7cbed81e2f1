import type { SweepResult } from '../analysis/sweep/sweep-result.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { LabError } from '../lab-error.ts';

type Judged = Pick<SweepResult, 'verdict'> & {
  readonly situations: readonly Pick<SweepResult['situations'][number], 'cells'>[];
  readonly cells: readonly Pick<SweepResult['cells'][number], 'id' | 'verdict' | 'thresholds'>[];
};

/**
 * What a sweep that ended says to a pipeline. Trials that failed go first, by the error of the first of
 * them, since they are still to be measured; then that no cell may be believed; then that thresholds
 * are asked for, and in some workload and load no cell that may be believed meets all of them.
 *
 * @param failure of the first trial that could not be measured; `null`: all could
 */
export function sweepExitCode(
  { verdict, situations, cells }: Judged,
  { failure, thresholds }: { readonly failure: LabError | null; readonly thresholds: number },
): ExitCode {
  if (failure !== null) return failure.exitCode;
  if (verdict === 'INVALID') return EXIT_CODE.invalidMeasurement;
  if (thresholds === 0) return EXIT_CODE.ok;
  const good = new Set(
    cells
      .filter(
        (cell) =>
          cell.verdict !== null &&
          cell.verdict !== 'INVALID' &&
          cell.thresholds.length === thresholds &&
          cell.thresholds.every(({ met }) => met),
      )
      .map(({ id }) => id),
  );
  return situations.every((situation) => situation.cells.some((id) => good.has(id)))
    ? EXIT_CODE.ok
    : EXIT_CODE.thresholdNotMet;
}
