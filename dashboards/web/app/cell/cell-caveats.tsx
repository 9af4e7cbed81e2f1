import type { VNode } from 'preact';
import { caveatTitle } from '../parts/caveat-name.ts';
import { Notice } from '../parts/notice.tsx';
import type { Cell, Sweep } from '../sweep-types.ts';

/** Rounds that may not be believed are left out; without another one nothing is left. */
const INVALID_TITLE = {
  INVALID: 'These numbers may not be believed',
  DEGRADED: 'Not every round may be believed',
  VALID: 'Not every round may be believed',
} as const;

type Caveat = Cell['caveats'][number];

interface CellCaveatsProps {
  readonly cell: Cell;
  readonly advice: Sweep['advice'];
}

/** What speaks against these numbers, each with what to do about it; the gravest by itself. */
export function CellCaveats({ cell, advice }: CellCaveatsProps): VNode {
  const invalid = cell.caveats.filter(({ grade }) => grade === 'INVALID');
  const degraded = cell.caveats.filter(({ grade }) => grade !== 'INVALID');
  return (
    <>
      {invalid.length === 0 ? null : (
        <Notice tone="bad" title={INVALID_TITLE[cell.verdict ?? 'INVALID']}>
          <Reasons caveats={invalid} cell={cell} advice={advice} />
        </Notice>
      )}
      {degraded.length === 0 ? null : (
        <Notice tone="warn" title="Believe these numbers with care">
          <Reasons caveats={degraded} cell={cell} advice={advice} />
        </Notice>
      )}
    </>
  );
}

function Reasons(props: CellCaveatsProps & { readonly caveats: readonly Caveat[] }): VNode {
  const { caveats, cell, advice } = props;
  return (
    <dl class="pairs reasons">
      {caveats.map(({ code, detail, rounds }) => (
        <div key={code} class="pair">
          <dt>{caveatTitle(code)}</dt>
          <dd>
            {detail}
            {roundsText(rounds, cell.rounds.length)}
            {advice[code] === undefined ? null : <p class="muted small">{advice[code]}</p>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** ` (round 2)`; nothing where it holds for every round. */
function roundsText(rounds: readonly number[], all: number): string {
  if (rounds.length === 0 || rounds.length === all) return '';
  return ` (${rounds.length === 1 ? 'round' : 'rounds'} ${rounds.join(', ')})`;
}
