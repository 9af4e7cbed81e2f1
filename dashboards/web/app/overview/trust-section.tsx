import type { VNode } from 'preact';
import { formatCount, plural } from '../../../../harness/report/format.ts';
import { VerdictBadge } from '../parts/badge.tsx';
import { caveatTitle } from '../parts/caveat-name.ts';
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
        <p>{NO_CAVEAT[result.trials.measured === 0 ? 'NOTHING_MEASURED' : result.verdict]}</p>
      ) : (
        <dl class="pairs roomy">
          {found.map((caveat) => (
            <CaveatItem key={caveat.code} caveat={caveat} />
          ))}
        </dl>
      )}
      {observed.length === 0 ? null : (
        <p>
          The arithmetic of the connection budget agrees with what PostgreSQL did in{' '}
          {formatCount(observed.length - against.length)} of{' '}
          {plural(observed.length, 'configuration')}
          {against.length === 0 ? (
            '.'
          ) : (
            <>
              ; not in <CellLinks ids={against} across />.
            </>
          )}
        </p>
      )}
    </section>
  );
}

/** Where no configuration has a caveat. */
const NO_CAVEAT = {
  NOTHING_MEASURED: 'There is nothing to believe: no trial gave a measurement.',
  VALID: 'Nothing was found that speaks against any of its measurements.',
  DEGRADED: 'Nothing speaks against the measurements that there are, but not all could be made.',
  INVALID: 'Nothing of what there is may be believed, for the reasons named first on this page.',
} as const;

function CaveatItem({ caveat }: { readonly caveat: CaveatFound }): VNode {
  const { code, grade, cells, example, advice } = caveat;
  const { verdict, cells: all } = useReport().data.result;
  const everywhere = cells.length > 1 && cells.length === all.length;
  return (
    <div class="pair">
      <dt>
        {caveatTitle(code)}
        {/* The heading has said so of all that is merely degraded. */}
        {verdict === 'DEGRADED' && grade === 'DEGRADED' ? null : (
          <>
            {' '}
            <VerdictBadge verdict={grade} />
          </>
        )}
      </dt>
      <dd class="prose">
        <p>
          {cells.length === 1
            ? example
            : `In ${everywhere ? 'all ' : ''}${plural(cells.length, 'configuration')}, e.g.: ${example}`}
        </p>
        {advice === null ? null : <p class="muted">{advice}</p>}
        {everywhere ? null : (
          <p class="small">
            <CellLinks ids={cells} across />
          </p>
        )}
      </dd>
    </div>
  );
}
