import type { VNode } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { cellHref } from '../route.ts';
import type { Cell } from '../sweep-types.ts';
import type { Edge, Fit } from './budget-edges.ts';
import { cellLabel, type Standing } from './cell-label.ts';
import type { HeatScale } from './heat-scale.ts';
import type { Measure } from './measures.ts';

interface HeatCellProps {
  readonly cell: Cell | null;
  readonly standing: Standing;
  readonly fit: Fit | null;
  readonly edges: readonly Edge[];
  readonly measure: Measure;
  readonly scale: HeatScale | null;
  /** The one cell of its map that the Tab key stops at. */
  readonly stop: boolean;
  readonly onFocus: () => void;
}

/** One configuration: a link to its page, coloured by its value, with what else is to say as a mark. */
export function HeatCell(props: HeatCellProps): VNode {
  const { cell, standing, fit, edges, measure, scale, stop, onFocus } = props;
  if (cell === null) return <td />;
  const value = measure.valueOf(cell);
  const share = value === null ? 0 : (scale?.shareOf(value) ?? 0);
  return (
    <td>
      <a
        class="heat-cell"
        href={cellHref(cell.id)}
        tabIndex={stop ? 0 : -1}
        aria-label={cellLabel({ cell, measure, standing, fit })}
        data-usable={cell.state === 'usable'}
        data-best={standing === 'best'}
        style={{ '--heat': `${(share * 100).toFixed(1)}%` }}
        onFocus={onFocus}
      >
        {value === null && standing !== null ? null : measure.compact(value)}
        {standing === null ? null : <Icon name={standing} />}
      </a>
      {edges.map(({ side, line }) => (
        <span key={side} class="edge" data-side={side} data-line={line} />
      ))}
    </td>
  );
}
