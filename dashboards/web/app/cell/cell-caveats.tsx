import type { VNode } from 'preact';
import { caveatTitle } from '../parts/caveat-name.ts';
import { Notice } from '../parts/notice.tsx';
import type { Cell, Sweep } from '../sweep-types.ts';

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
        <Notice tone="bad" title="These numbers may not be believed">
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
      {caveats.map((caveat) => (
        <div key={caveat.code} class="pair">
          <dt>{caveatTitle(caveat.code)}</dt>
          <dd>
            {caveat.detail}
            {roundsText(caveat, cell.rounds.length)}
            {advice[caveat.code] === undefined ? null : (
              <p class="muted small">{advice[caveat.code]}</p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** ` (round 2)`; nothing where it holds for every round. */
function roundsText({ detail, rounds }: Caveat, all: number): string {
  // One round alone is named by the sentence itself where it is left out.
  if (rounds.length === 0 || rounds.length === all || /^(in )?round \d/.test(detail)) return '';
  return ` (${rounds.length === 1 ? 'round' : 'rounds'} ${rounds.join(', ')})`;
}
