import type { Phase } from '../../analysis/cost/connection-times.ts';
import type { CostResult, MeasuredVariant } from '../../analysis/cost/cost-result.ts';
import { ABSENT } from '../format.ts';
import { table } from '../text-layout.ts';

/** The columns between a variant's name and its sum. */
const COLUMNS: readonly { readonly title: string; readonly phases: readonly Phase[] }[] = [
  { title: 'connect', phases: ['connect'] },
  { title: 'TLS', phases: ['tlsRequest', 'tlsHandshake'] },
  { title: 'startup', phases: ['startup'] },
  { title: 'SASL', phases: ['challenge'] },
  { title: 'session', phases: ['session'] },
];
const QUERIES: typeof COLUMNS = [
  { title: 'query 1', phases: ['firstQuery'] },
  { title: 'query 2', phases: ['warmQuery'] },
];
/** The widest that every terminal has. */
const NARROW = 80;

/** Medians in ms, a row for each kind of connection that could be made. */
export function phaseTable(
  { variants }: Pick<CostResult, 'variants'>,
  columns: number,
): readonly string[] {
  const measured = variants.filter((variant) => variant.state === 'measured');
  const p95 = columns > NARROW;
  const titles = [...COLUMNS, { title: '= open' }, ...(p95 ? [{ title: 'p95' }] : []), ...QUERIES];
  const rows = measured.map((variant) => [
    variant.name,
    ...COLUMNS.map(({ phases }) => medianCell(variant, phases)),
    cell(variant.connection.p50Ms),
    ...(p95 ? [cell(variant.connection.p95Ms)] : []),
    ...QUERIES.map(({ phases }) => medianCell(variant, phases)),
  ]);
  return table(
    [['', ...titles.map(({ title }) => title)], ...rows],
    ['left', ...titles.map(() => 'right' as const)],
  );
}

function medianCell({ phases }: MeasuredVariant, shown: readonly Phase[]): string {
  const medians = shown.flatMap((phase) => phases[phase]?.p50Ms ?? []);
  return cell(medians.length === 0 ? null : medians.reduce((sum, ms) => sum + ms, 0));
}

/** Three digits that mean something, of a unit that stands above the table. */
function cell(ms: number | null): string {
  if (ms === null) return ABSENT;
  return ms.toFixed(ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0);
}
