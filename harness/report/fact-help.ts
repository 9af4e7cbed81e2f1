import { factsByUnit } from '../plan/thresholds/threshold-fact-list.ts';
import { FACT_FAMILIES, type FactFamily } from '../plan/thresholds/threshold-facts.ts';
import { labelled } from './text-layout.ts';

const LABEL_WIDTH = 14;

/** The facts that thresholds can be about, for the help of a command. */
export function factHelp(columns: number, families: readonly FactFamily[] = FACT_FAMILIES): string {
  const rows = factsByUnit(families).map(({ written, names }) =>
    labelled(`  ${written}`, breakable(names), { columns, labelWidth: LABEL_WIDTH }),
  );
  return `
Facts of --threshold, by what they are compared with (the README says what each is):
${rows.join('\n')}
`;
}

/** A list longer than a line may be broken at its commas. */
function breakable(names: string): string {
  return names.replace(/\S{60,}/g, (list) => list.replaceAll(',', ', '));
}
