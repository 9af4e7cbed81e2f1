import { resolve } from 'node:path';
import { comparedCells, type NamedRun } from '../analysis/comparison/compare-runs.ts';
import type { ComparedCell } from '../analysis/comparison/compared-cell.ts';
import { LabError } from '../lab-error.ts';
import { type Cell, expandCells } from '../plan/sweep/cells.ts';
import { sweepLoadText } from '../report/comparison/load-words.ts';
import { readRun } from '../store/read-run.ts';
import type { StoreFiles } from '../store/store-files.ts';
import { sweepResultOfRun } from '../store/sweep-result-of-run.ts';
import { cellShapeText, selectCells } from './cell-selector.ts';
import { kindOfPath, readResultFile } from './result-file.ts';

/** One side of a comparison, as it was named on the command line. */
export type ComparedInput =
  | { readonly kind: 'run'; readonly run: NamedRun }
  | { readonly kind: 'cell'; readonly cell: ComparedCell };

/** More candidates than these are no help. */
const CANDIDATES_MAX = 8;

/**
 * Reads what is named: a run directory, one of its cells after `#`, or a file of JSON. A run that is
 * named twice, for two of its cells, is read once.
 *
 * @throws LabError of the run directory or the file, USAGE for a cell that is none or not one alone
 */
export function createInputReader(files: StoreFiles): (given: string) => ComparedInput {
  const known = new Map<string, ComparedInput>();
  const read = (path: string): ComparedInput => {
    const absolute = resolve(path);
    const found = known.get(absolute) ?? readPath(path, files);
    known.set(absolute, found);
    return found;
  };
  return (given) => {
    const { path, selector } = splitOperand(given);
    const input = read(path);
    if (selector === null) return input;
    if (input.kind === 'cell') {
      throw new LabError('USAGE', {
        message: `${path} holds the rounds of one cell, so that #${selector} names none of it`,
        hint: `leave #${selector} out`,
      });
    }
    return { kind: 'cell', cell: cellOf(input.run, selector) };
  };
}

/** The only cell of a run, or the one that the selector names. */
export function cellOf(run: NamedRun, selector: string): ComparedCell {
  const cells = expandCells(run.result.plan);
  const [cell, ...others] = selectCells(cells, selector);
  if (cell === undefined) {
    throw new LabError('USAGE', {
      message: `no cell of ${run.given} is "${selector}"`,
      hint: `name one by its id or its shape: ${listed(cells)}`,
    });
  }
  if (others.length > 0) {
    throw new LabError('USAGE', {
      message: `"${selector}" is ${others.length + 1} cells of ${run.given}`,
      hint: `name one by its id: ${listed([cell, ...others])}`,
    });
  }
  const compared = comparedCells(run).get(cell.id);
  if (compared !== undefined) return compared;
  throw new LabError('NO_BELIEVABLE_ROUND', {
    message: `no trial of ${run.given} was measured`,
    hint: `measure it first: pool-lab sweep --resume ${run.given}`,
  });
}

/** `c007 4 × (8+0)`, with what else tells the given ones apart. */
function listed(cells: readonly Cell[]): string {
  const distinct = (read: (cell: Cell) => string): ((cell: Cell) => string[]) =>
    new Set(cells.map(read)).size > 1 ? (cell) => [read(cell)] : () => [];
  const parts = [
    distinct(({ variables }) => sweepLoadText(variables.workload, variables.load)),
    distinct(({ variables }) => `max-connections ${variables.maxConnections}`),
    distinct(({ variables }) => `pool-kind ${variables.poolKind}`),
  ];
  const shown = cells
    .slice(0, CANDIDATES_MAX)
    .map((cell) =>
      [`${cell.id} is ${cellShapeText(cell)}`, ...parts.flatMap((part) => part(cell))].join(', '),
    );
  const more = cells.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function readPath(path: string, files: StoreFiles): ComparedInput {
  if (kindOfPath(path) === 'directory') {
    return { kind: 'run', run: { given: path, result: sweepResultOfRun(readRun(path, files)) } };
  }
  const found = readResultFile(path);
  return found.kind === 'sweep'
    ? { kind: 'run', run: { given: path, result: found.result } }
    : { kind: 'cell', cell: found.cell };
}

/** What stands after the last `#`, unless all of it is a path. */
function splitOperand(given: string): { readonly path: string; readonly selector: string | null } {
  const at = given.lastIndexOf('#');
  if (at < 1 || kindOfPath(given) !== 'nothing') return { path: given, selector: null };
  return { path: given.slice(0, at), selector: given.slice(at + 1) };
}
