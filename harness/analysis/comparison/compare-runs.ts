import { expandCells } from '../../plan/sweep/cells.ts';
import { goodputOfRound } from '../sweep/round-rates.ts';
import type { Situation, SweepResult } from '../sweep/sweep-result.ts';
import { compareCells } from './compare-cells.ts';
import { type ComparedCell, roundsThatCount, whyNothingCounts } from './compared-cell.ts';
import type { CellPair, Difference, RunsComparison } from './comparison-result.ts';
import { hasTrouble } from './conclusion.ts';
import { contrastOf, type PairedValue } from './contrast.ts';
import { differencesBetween } from './differences.ts';
import { type MatchedCells, matchCells } from './match-cells.ts';

/** A whole run, as the user named it. */
export interface NamedRun {
  readonly given: string;
  readonly result: SweepResult;
}

export type RunsFindings = Omit<RunsComparison, 'forced'>;

/** The cells of a run by id; none where nothing of it was measured. */
export function comparedCells({ given, result }: NamedRun): ReadonlyMap<string, ComparedCell> {
  const { environment } = result;
  if (environment === null) return new Map();
  const planned = new Map(expandCells(result.plan).map((cell) => [cell.id, cell.plan]));
  return new Map(
    result.cells.flatMap((cell) => {
      const plan = planned.get(cell.id);
      if (plan === undefined) return [];
      return [
        [
          cell.id,
          {
            given: `${given}#${cell.id}`,
            id: cell.id,
            run: runKey(result),
            roundsAll: result.plan.rounds,
            plan,
            environment,
            result: cell,
          },
        ] as const,
      ];
    }),
  );
}

/** The same for a run directory, a copy of it, and its report as JSON. */
function runKey({ planHash, createdAt }: SweepResult): string {
  return `${planHash} ${createdAt}`;
}

/**
 * Two runs: the cells they share one by one, the best cell of each situation against the other run's
 * best, and all shared cells of a situation together.
 */
export function compareRuns(left: NamedRun, right: NamedRun): RunsFindings {
  const matched = matchCells(sideOf(left), sideOf(right));
  const lookUp = { left: comparedCells(left), right: comparedCells(right) };
  const both = matched.pairs.map((ids) => ({
    ids: { left: ids.left.id, right: ids.right.id },
    left: lookUp.left.get(ids.left.id),
    right: lookUp.right.get(ids.right.id),
  }));
  const undeclared: Difference[][] = [];
  const pairs: CellPair[] = [];
  const counted: { readonly left: ComparedCell; readonly right: ComparedCell }[] = [];
  const notCompared: RunsComparison['notCompared'] = [];
  for (const pair of both) {
    const reason = reasonOf('A', pair.left) ?? reasonOf('B', pair.right);
    if (pair.left === undefined || pair.right === undefined || reason !== null) {
      notCompared.push({ ...pair.ids, reason: reason ?? 'it was not measured' });
      continue;
    }
    undeclared.push([...differencesBetween(pair.left, pair.right).undeclared]);
    pairs.push(compareCells(pair.left, pair.right, { bootstrap: false }));
    counted.push({ left: pair.left, right: pair.right });
  }
  const situations = sharedSituations(left.result, right.result, matched);
  const best = situations.map(({ workload, load, ids }) => {
    const of = {
      left: ids.left === null ? undefined : lookUp.left.get(ids.left),
      right: ids.right === null ? undefined : lookUp.right.get(ids.right),
    };
    if (of.left === undefined || of.right === undefined) return { workload, load, pair: null };
    undeclared.push([...differencesBetween(of.left, of.right).undeclared]);
    return { workload, load, pair: compareCells(of.left, of.right, { bootstrap: true }) };
  });
  return {
    schemaVersion: 1,
    state: 'runs',
    undeclared: withoutRepetition(undeclared.flat()),
    left: runFacts(left),
    right: runFacts(right),
    matchedBy: [...matched.matchedBy],
    pairs,
    best,
    overall: situations.flatMap((situation) => overallOf(situation, counted)),
    unmatched: {
      left: matched.unmatched.left.map(({ id }) => id),
      right: matched.unmatched.right.map(({ id }) => id),
    },
    notCompared,
    caveats: [...incomplete('A', left), ...incomplete('B', right), ...manyComparisons(pairs)],
  };
}

function sideOf({ result }: NamedRun) {
  return { axes: result.plan.axes, cells: expandCells(result.plan) };
}

function runFacts({ given, result }: NamedRun): RunsComparison['left'] {
  return {
    given,
    planHash: result.planHash,
    createdAt: result.createdAt,
    cells: result.cells.length,
    rounds: result.plan.rounds,
  };
}

function reasonOf(name: string, cell: ComparedCell | undefined): string | null {
  if (cell === undefined) return `${name}: it was not measured`;
  const why = whyNothingCounts(cell);
  return why === null ? null : `${name}: ${why}`;
}

interface SharedSituation {
  readonly workload: Situation['workload'];
  readonly load: Situation['load'];
  /** The best cell of each run. */
  readonly ids: { readonly left: string | null; readonly right: string | null };
}

/** Workloads and loads that both runs have; of runs with one each, those are taken for the same. */
function sharedSituations(
  left: SweepResult,
  right: SweepResult,
  { matchedBy }: MatchedCells,
): readonly SharedSituation[] {
  const keyOf = ({ workload, load }: Situation): string =>
    JSON.stringify([
      matchedBy.includes('workload') ? workload : null,
      matchedBy.includes('load') ? load : null,
    ]);
  const ofRight = new Map(right.situations.map((it) => [keyOf(it), it]));
  return left.situations.flatMap((it) => {
    const other = ofRight.get(keyOf(it));
    if (other === undefined) return [];
    const { workload, load } = it;
    return [{ workload, load, ids: { left: it.best, right: other.best } }];
  });
}

/**
 * The shared cells that work on both sides. Only rounds that all of them have: else one round would be of
 * other cells than the next.
 */
function overallOf(
  { workload, load }: SharedSituation,
  all: readonly { readonly left: ComparedCell; readonly right: ComparedCell }[],
): RunsComparison['overall'] {
  const key = JSON.stringify([workload, load]);
  const cells = all.filter(
    ({ left, right }) =>
      JSON.stringify([left.plan.workload, left.plan.load.model]) === key &&
      !hasTrouble(left.result) &&
      !hasTrouble(right.result),
  );
  if (cells.length < 2) return [];
  const logs = new Map<number, { left: number; right: number; cells: number }>();
  for (const { left, right } of cells) {
    const ofRight = new Map(roundsThatCount(right).map((it) => [it.round, goodputOfRound(it)]));
    for (const it of roundsThatCount(left)) {
      const ofLeft = goodputOfRound(it);
      const other = ofRight.get(it.round) ?? 0;
      if (!(ofLeft > 0 && other > 0)) continue;
      const sum = logs.get(it.round) ?? { left: 0, right: 0, cells: 0 };
      sum.left += Math.log(ofLeft);
      sum.right += Math.log(other);
      sum.cells += 1;
      logs.set(it.round, sum);
    }
  }
  const rounds: readonly PairedValue[] = [...logs.values()]
    .filter((sum) => sum.cells === cells.length)
    .map((sum) => ({
      left: Math.exp(sum.left / sum.cells),
      right: Math.exp(sum.right / sum.cells),
    }));
  const goodputPerSecond = contrastOf(
    rounds,
    { left: null, right: null },
    { bootstrap: rounds.length > 0 },
  );
  return [{ workload, load, cells: cells.length, goodputPerSecond }];
}

function incomplete(name: string, { result }: NamedRun): RunsComparison['caveats'] {
  const { planned, measured, failed } = result.trials;
  const texts = [
    measured < planned
      ? `${measured} of ${planned} trials are measured${failed > 0 ? `, ${failed} failed` : ''}`
      : [],
    result.damage,
  ].flat();
  return texts.length === 0 ? [] : [{ code: 'incomplete', detail: `${name}: ${texts.join('; ')}` }];
}

/** A 95 % interval leaves the truth out in one comparison of twenty. */
const FALSE_ALARM_SHARE = 0.05;

function manyComparisons(pairs: readonly CellPair[]): RunsComparison['caveats'] {
  const judged = pairs.filter(
    ({ metrics }) => metrics.goodputPerSecond.contrast.basis === 'rounds',
  ).length;
  if (judged < 2) return [];
  return [
    {
      code: 'many_comparisons',
      detail: `of ${judged} comparisons of equal cells ${(judged * FALSE_ALARM_SHARE).toFixed(1)} would find a difference by chance`,
    },
  ];
}

function withoutRepetition(differences: readonly Difference[]): Difference[] {
  const seen = new Map(differences.map((it) => [JSON.stringify(it), it]));
  return [...seen.values()];
}
