import type { VNode } from 'preact';
import { ABSENT } from '../../../../harness/report/format.ts';
import { intervalText } from '../../../../harness/report/interval-text.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import type { ChartLine, ChartSpec } from './chart-spec.ts';

/** What the chart draws, in numbers. */
export function ChartTable({ spec }: { readonly spec: ChartSpec }): VNode {
  const { title, xName, xs, lines, formatX, formatY } = spec;
  const columns: readonly Column<number>[] = [
    { name: xName, kind: 'number', cell: (index) => formatX(xs[index] ?? 0) },
    ...lines.map(
      (line): Column<number> => ({
        name: line.name,
        kind: 'number',
        cell: (index) => valueText(line, index, formatY),
      }),
    ),
  ];
  return <DataTable caption={title} columns={columns} rows={xs.map((_, index) => index)} />;
}

function valueText(
  { values, intervals }: ChartLine,
  index: number,
  format: (value: number) => string,
): string {
  const value = values[index] ?? null;
  if (value === null) return ABSENT;
  const interval = intervals?.[index] ?? null;
  return format(value) + intervalText(interval, format);
}
