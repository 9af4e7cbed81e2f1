import type { VNode } from 'preact';
import { plural } from '../../../../harness/report/format.ts';
import { VerdictBadge } from '../parts/badge.tsx';
import { CellLinks } from '../parts/cell-links.tsx';
import { useReport } from '../sweep-context.ts';
import { type CaveatFound, caveatsFound } from './caveats-found.ts';

/** Why the numbers may be believed, or not, and what to do about it. */
export function TrustSection(): VNode {
  const { result } = useReport().data;
  const found = caveatsFound(result);
  const observed = result.cells.flatMap(({ id, budget }) =>
    budget === null ? [] : [{ id, agrees: budget.agrees }],
  );
  const against = observed.filter(({ agrees }) => !agrees).map(({ id }) => id);
  return (
    <section class="section" id="trust" aria-labelledby="trust-title">
      <div class="section-head">
        <h2 id="trust-title">May this be believed?</h2>
        <VerdictBadge verdict={result.verdict} />
      </div>
      {found.length === 0 ? (
        <p>Nothing was found that speaks against any of its measurements.</p>
      ) : (
        <dl class="pairs">
          {found.map((caveat) => (
            <CaveatItem key={caveat.code} caveat={caveat} />
          ))}
        </dl>
      )}
      <p>
        The arithmetic of the connection budget agrees with what PostgreSQL did in{' '}
        {observed.length - against.length} of {plural(observed.length, 'configuration')}
        {against.length === 0 ? (
          '.'
        ) : (
          <>
            ; not in <CellLinks ids={against} />.
          </>
        )}
      </p>
    </section>
  );
}

function CaveatItem({ caveat }: { readonly caveat: CaveatFound }): VNode {
  const { code, grade, cells, example, advice } = caveat;
  return (
    <div class="pair">
      <dt>
        {code.replaceAll('_', ' ')} <VerdictBadge verdict={grade} />
      </dt>
      <dd class="prose">
        <p>
          {cells.length === 1
            ? example
            : `In ${plural(cells.length, 'configuration')}, e.g.: ${example}`}
        </p>
        {advice === null ? null : <p class="muted">{advice}</p>}
        <p class="small">
          <CellLinks ids={cells} />
        </p>
      </dd>
    </div>
  );
}
