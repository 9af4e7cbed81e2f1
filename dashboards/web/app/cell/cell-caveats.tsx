import type { VNode } from 'preact';
import { Notice } from '../parts/notice.tsx';
import type { Cell, Sweep } from '../sweep-types.ts';

/** What speaks against these numbers, each with what to do about it. */
export function CellCaveats(props: {
  readonly cell: Cell;
  readonly advice: Sweep['advice'];
}): VNode {
  return (
    <>
      {props.cell.caveats.map(({ code, grade, detail, rounds }) => (
        <Notice
          key={code}
          tone={grade === 'INVALID' ? 'bad' : 'warn'}
          title={`${sentence(code)}${rounds.length === 0 ? '' : `, in round ${rounds.join(', ')}`}`}
        >
          <p>{detail}</p>
          {props.advice[code] === undefined ? null : <p class="muted">{props.advice[code]}</p>}
        </Notice>
      ))}
    </>
  );
}

function sentence(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
