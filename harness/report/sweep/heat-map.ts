import type { Paint } from '../paint.ts';
import { padStart } from '../text-layout.ts';

/** One configuration in a heat map. */
export interface HeatMapCell {
  /** One character: what it is, or how dark. */
  readonly mark: string;
  /** At most four characters. */
  readonly number: string;
  readonly tone: 'best' | 'unusable' | 'plain';
  readonly fits: boolean;
  readonly fitsDuringRollout: boolean;
}

export interface HeatMap {
  readonly workers: readonly number[];
  readonly poolSizes: readonly number[];
  /** Workers down, pool sizes across; `null`: no such cell. */
  readonly cells: readonly (readonly (HeatMapCell | null)[])[];
}

const LABEL = 'workers';
/** A boundary, a mark and a number. */
const CELL_WIDTH_MIN = 6;
/** Wider ones no longer look like one picture. */
const CELL_WIDTH_MAX = 9;

/**
 * Lines of a heat map, with the budget drawn through it: cells on the far side of the solid line can
 * open more connections than are usable, those beyond the dotted one do so during a rolling deploy. A
 * map wider than `columns` is continued below.
 */
export function heatMapLines(
  map: HeatMap,
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): readonly string[] {
  const across = Math.max(1, Math.floor((columns - LABEL.length) / CELL_WIDTH_MIN));
  const parts = Math.ceil(map.poolSizes.length / across);
  const perPart = Math.ceil(map.poolSizes.length / Math.max(1, parts));
  const room = Math.floor((columns - LABEL.length) / Math.max(1, perPart));
  const cellWidth = Math.max(CELL_WIDTH_MIN, Math.min(CELL_WIDTH_MAX, room));
  const edges = map.cells.map(edgesOfRow);
  return Array.from({ length: parts }, (_, part) => {
    const window = {
      from: part * perPart,
      to: Math.min(map.poolSizes.length, (part + 1) * perPart),
    };
    return partLines(map, { edges, window, cellWidth, paint });
  }).flatMap((lines, part) => (part === 0 ? lines : ['', ...lines]));
}

type Edge = 'solid' | 'dotted' | 'none';

interface Part {
  /** For each row, the edge left of each column. */
  readonly edges: readonly (readonly Edge[])[];
  /** Columns, up to before `to`. */
  readonly window: { readonly from: number; readonly to: number };
  readonly cellWidth: number;
  readonly paint: Paint;
}

function partLines(map: HeatMap, part: Part): readonly string[] {
  const { edges, window, cellWidth, paint } = part;
  const header = map.poolSizes
    .slice(window.from, window.to)
    .map((size) => padStart(size === 0 ? '∞' : String(size), cellWidth))
    .join('');
  const lines = [`${LABEL}${header}`];
  map.cells.forEach((row, index) => {
    const text = row
      .slice(window.from, window.to)
      .map((cell, at) => {
        const edge = VERTICAL[edges[index]?.[window.from + at] ?? 'none'];
        return edge + cellOf(cell, cellWidth - 1, paint);
      })
      .join('');
    lines.push(`${padStart(String(map.workers[index] ?? ''), LABEL.length)}${text}`.trimEnd());
    const between = betweenRows(map, index, part);
    if (between.trim() !== '') lines.push(`${' '.repeat(LABEL.length)}${between}`.trimEnd());
  });
  return lines;
}

function cellOf(cell: HeatMapCell | null, width: number, paint: Paint): string {
  if (cell === null) return ' '.repeat(width);
  const text = padStart(`${cell.mark}${cell.number}`, width);
  if (cell.tone === 'plain') return text;
  return cell.tone === 'best' ? paint.green(text) : paint.red(text);
}

/** The lines, upright. */
export const VERTICAL: Readonly<Record<Edge, string>> = { solid: '│', dotted: '┊', none: ' ' };
const HORIZONTAL: Readonly<Record<Edge, string>> = { solid: '─', dotted: '┈', none: ' ' };

/**
 * The edge left of each cell of a row. What is left of the first one fits: it would be no connection
 * at all.
 */
export function edgesOfRow(row: readonly (HeatMapCell | null)[]): readonly Edge[] {
  return row.map((cell, index) =>
    edgeBetween(index === 0 ? NOTHING : (row[index - 1] ?? null), cell),
  );
}

const NOTHING = { fits: true, fitsDuringRollout: true } as const;

type Fit = Pick<HeatMapCell, 'fits' | 'fitsDuringRollout'>;

function edgeBetween(a: Fit | null, b: Fit | null): Edge {
  if (a === null || b === null) return 'none';
  if (a.fits !== b.fits) return 'solid';
  return a.fitsDuringRollout === b.fitsDuringRollout ? 'none' : 'dotted';
}

/** Where the lines step to another column from one row to the next. */
function betweenRows(map: HeatMap, row: number, { edges, window, cellWidth }: Part): string {
  const below = (column: number): Edge =>
    edgeBetween(map.cells[row]?.[column] ?? null, map.cells[row + 1]?.[column] ?? null);
  let text = '';
  let stepped = false;
  for (let column = window.from; column < window.to; column += 1) {
    const segment = below(column);
    stepped ||= segment !== 'none';
    const corner = cornerOf({
      up: edges[row]?.[column] ?? 'none',
      down: edges[row + 1]?.[column] ?? 'none',
      left: column === window.from ? 'none' : below(column - 1),
      right: segment,
    });
    text += corner + HORIZONTAL[segment].repeat(cellWidth - 1);
  }
  return stepped ? text : '';
}

/** By up, down, left and right, a bit each. */
const CORNERS = ' ╵╷│╴┘┐┤╶└┌├─┴┬┼';

function cornerOf(ends: Readonly<Record<'up' | 'down' | 'left' | 'right', Edge>>): string {
  const bits = [ends.up, ends.down, ends.left, ends.right].map((edge) => edge === 'solid');
  const solid = bits.reduce((sum, is, index) => sum + (is ? 2 ** index : 0), 0);
  if (solid > 0) return CORNERS[solid] ?? ' ';
  if (ends.left === 'dotted' || ends.right === 'dotted') return HORIZONTAL.dotted;
  return ends.up === 'dotted' || ends.down === 'dotted' ? VERTICAL.dotted : ' ';
}
