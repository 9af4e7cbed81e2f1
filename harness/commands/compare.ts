import { compareCells } from '../analysis/comparison/compare-cells.ts';
import { comparedCells, compareRuns, type NamedRun } from '../analysis/comparison/compare-runs.ts';
import { type ComparedCell, whyNothingCounts } from '../analysis/comparison/compared-cell.ts';
import {
  type CellsComparison,
  COMPARISON_SCHEMA_VERSION,
  type Difference,
  type RunsComparison,
} from '../analysis/comparison/comparison-result.ts';
import { differencesBetween } from '../analysis/comparison/differences.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { LabError } from '../lab-error.ts';
import { type Option, readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { OUTPUT_OPTIONS } from '../plan/run-options.ts';
import { yesNo } from '../plan/value-parser.ts';
import { farthestOf, networkOf, networkOfBoth } from '../report/carries-over-lines.ts';
import { comparisonJson } from '../report/comparison/comparison-json.ts';
import { comparisonTerminal } from '../report/comparison/comparison-terminal.ts';
import { differenceText } from '../report/comparison/fact-words.ts';
import { runsTerminal } from '../report/comparison/runs-terminal.ts';
import { createPaint } from '../report/paint.ts';
import type { TerminalStyle } from '../report/terminal-style.ts';
import { DISK_FILES } from '../store/disk-files.ts';
import type { Command } from './command.ts';
import { type ComparedInput, createInputReader } from './compared-input.ts';

const force: Option<boolean> = {
  flag: 'force',
  env: null,
  parser: yesNo(),
  defaultValue: false,
  description: 'compare although more differs than the configuration under test, and say so on top',
  repeatable: false,
};
export const COMPARE_OPTIONS = { force, ...OUTPUT_OPTIONS } as const;

/** Two runs, or two cells: comparable at all? Then paired differences with their intervals. */
export const compareCommand: Command = {
  name: 'compare',
  summary: 'two runs or two cells: is the difference real, how large is it, which to prefer?',
  operands: [
    {
      name: 'A',
      description: 'a run directory, a cell of one (DIR#c007, DIR#4x8+0), or a file of run --json',
      required: true,
    },
    { name: 'B', description: 'what to compare it with, of the same kind', required: true },
  ],
  options: COMPARE_OPTIONS,
  examples: [
    {
      line: "pool-lab compare 'my-sweep#4x4+0' 'my-sweep#4x50+0'",
      shows: 'how many times as much one answers, with its interval, or how many pairs would tell',
    },
    {
      line: 'pool-lab compare before after --json',
      shows: 'two runs of the same cells, one by one, and their best head to head',
    },
  ],
  run(flags, io, [a = '', b = '']) {
    const { values, problems } = readOptions(COMPARE_OPTIONS, { flags, env: io.env });
    if (problems.length > 0) throw problemError(problems, 'compare');
    const read = createInputReader(DISK_FILES);
    const options = {
      force: values.force,
      json: values.json,
      style: { columns: io.stdout.columns, paint: createPaint(io.stdout.color) },
    };
    io.stdout.write(comparisonText(read(a), read(b), options));
    return Promise.resolve(EXIT_CODE.ok);
  },
};

interface CompareOptions {
  readonly force: boolean;
  readonly json: boolean;
  readonly style: TerminalStyle;
}

/** A run of one cell is that cell; a whole run and a cell have no common question. */
function comparisonText(a: ComparedInput, b: ComparedInput, options: CompareOptions): string {
  const left = onlyCell(a);
  const right = onlyCell(b);
  if (left.kind === 'run') {
    if (right.kind === 'run') return runsText(left.run, right.run, options);
    throw runAgainstCell(left.run);
  }
  if (right.kind === 'run') throw runAgainstCell(right.run);
  return cellsText(left.cell, right.cell, options);
}

function runAgainstCell({ given, result }: NamedRun): LabError {
  return new LabError('USAGE', {
    message: `${given} has ${result.cells.length} cells, and the other side is one`,
    hint: `name one of its cells, e.g. ${given}#${result.cells[0]?.id ?? 'c001'}, or compare two runs`,
  });
}

function onlyCell(input: ComparedInput): ComparedInput {
  if (input.kind === 'cell' || input.run.result.cells.length !== 1) return input;
  const [cell] = comparedCells(input.run).values();
  return cell === undefined ? input : { kind: 'cell', cell };
}

function cellsText(left: ComparedCell, right: ComparedCell, options: CompareOptions): string {
  if (left.run === right.run && left.id === right.id) {
    throw sameTwice(`${left.given} and ${right.given} are the same trials`);
  }
  for (const cell of [left, right]) {
    const why = whyNothingCounts(cell);
    if (why !== null) throw notBelievable(cell.given, why);
  }
  const undeclared = differencesBetween(left, right).undeclared;
  refuseUnlessForced(undeclared, options);
  const pair = compareCells(left, right, { bootstrap: true });
  const comparison: CellsComparison = {
    schemaVersion: COMPARISON_SCHEMA_VERSION,
    state: 'cells',
    forced: isForced(undeclared, options),
    undeclared: [...undeclared],
    pair,
  };
  if (options.json) return comparisonJson(comparison);
  const between = networkOfBoth(networkOf(left.plan), networkOf(right.plan));
  return comparisonTerminal(comparison, {
    environment: left.environment,
    between,
    style: options.style,
  });
}

function runsText(left: NamedRun, right: NamedRun, options: CompareOptions): string {
  const { environment } = left.result;
  const findings = compareRuns(left, right);
  if (
    findings.left.planHash === findings.right.planHash &&
    findings.left.createdAt === findings.right.createdAt
  ) {
    throw sameTwice(`${left.given} and ${right.given} are the same run`);
  }
  const compared = findings.pairs.length + findings.best.filter(({ pair }) => pair !== null).length;
  if (compared === 0) {
    const [first] = findings.notCompared;
    if (first !== undefined || environment === null || right.result.environment === null) {
      throw notBelievable(
        `${left.given} and ${right.given}`,
        first === undefined ? 'nothing was measured' : first.reason,
      );
    }
    throw new LabError('NOT_COMPARABLE', {
      message: `${left.given} and ${right.given} have no cell and no workload with its load in common`,
      hint: 'compare runs of the same workloads and loads',
    });
  }
  refuseUnlessForced(findings.undeclared, options);
  const comparison: RunsComparison = {
    ...findings,
    forced: isForced(findings.undeclared, options),
  };
  if (options.json) return comparisonJson(comparison);
  if (environment === null) throw notBelievable(left.given, 'nothing was measured');
  const between = networkOfBoth(farthestOf(left.result.plan), farthestOf(right.result.plan));
  return runsTerminal(comparison, { environment, between, style: options.style });
}

function refuseUnlessForced(
  undeclared: readonly Difference[],
  { force: forced }: CompareOptions,
): void {
  if (forced || undeclared.length === 0) return;
  throw new LabError('NOT_COMPARABLE', {
    message: [
      'not comparable, A and B differ in more than the configuration under test:',
      ...undeclared.map((difference) => `  ${differenceText(difference)}`),
    ].join('\n'),
    hint: 'measure both with the same workload, load, window, machine and versions, best in one sweep; --force compares them all the same',
  });
}

/** Asking for it where nothing stands in the way changes nothing. */
function isForced(undeclared: readonly Difference[], { force: asked }: CompareOptions): boolean {
  return asked && undeclared.length > 0;
}

function notBelievable(what: string, why: string): LabError {
  return new LabError('NO_BELIEVABLE_ROUND', {
    message: `${what} cannot be compared: ${why}`,
    hint: 'measure it again; the report of its run says what to do about each reason',
  });
}

function sameTwice(message: string): LabError {
  return new LabError('USAGE', {
    message,
    hint: 'name two cells of a run, e.g. DIR#c001 DIR#c002, or two runs',
  });
}
