import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { STATE_MEANINGS, shortLoadText } from '../../../../harness/report/sweep/cell-words.ts';
import { VerdictBadge } from '../parts/badge.tsx';
import { OVERVIEW_HREF } from '../route.ts';
import { useReport } from '../sweep-context.ts';
import type { Cell } from '../sweep-types.ts';
import { BudgetTable } from './budget-table.tsx';
import { CellCaveats } from './cell-caveats.tsx';
import { CellFacts } from './cell-facts.tsx';
import { CellThresholds } from './cell-thresholds.tsx';
import { Composition } from './composition.tsx';
import { FailuresTable } from './failures-table.tsx';
import { Neighbours } from './neighbours.tsx';
import { OverTime } from './over-time.tsx';
import { RoundsTable } from './rounds-table.tsx';
import { StateBadge } from './state-badge.tsx';
import { WaitEvents } from './wait-events.tsx';

/** All that is known of one configuration. */
export function CellPage({ cell }: { readonly cell: Cell }): VNode {
  const { data, view } = useReport();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    window.scrollTo({ top: 0, behavior: 'instant' });
    heading.current?.focus({ preventScroll: true });
  }, []);
  const { workload, load } = cell.variables;
  return (
    <article class="stack" aria-labelledby="cell-title">
      <p class="screen-only">
        <a href={OVERVIEW_HREF}>Back to all configurations</a>
      </p>
      <div class="stack">
        <p class="muted">
          {workload}, {shortLoadText(load)} · {cell.id}
        </p>
        <h1 id="cell-title" ref={heading} tabIndex={-1}>
          {view.name(cell)}
        </h1>
        <p>
          <StateBadge cell={cell} />{' '}
          {cell.verdict === null ? null : <VerdictBadge verdict={cell.verdict} />}
          {cell.state === 'usable' ? null : (
            <span class="muted"> {STATE_MEANINGS[cell.state]}</span>
          )}
        </p>
      </div>
      <CellFacts cell={cell} />
      <Neighbours cell={cell} />
      <CellCaveats cell={cell} advice={data.result.advice} />
      <Composition cell={cell} />
      <OverTime cell={cell} />
      <div class="columns">
        <BudgetTable cell={cell} />
        {cell.requests.failed > 0 ? <FailuresTable cell={cell} /> : null}
        <WaitEvents cell={cell} />
        {cell.requests.failed > 0 ? null : <FailuresTable cell={cell} />}
        <CellThresholds cell={cell} />
      </div>
      <RoundsTable cell={cell} />
    </article>
  );
}
