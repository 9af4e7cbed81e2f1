import type {
  ComparisonCaveat,
  ComparisonCaveatCode,
} from '../../analysis/comparison/comparison-result.ts';
import type { ReportLine } from '../report-line.ts';
import { plainText } from '../sweep/plain-text.ts';

/** What to do about each. */
const ADVICE: Readonly<Record<ComparisonCaveatCode, string>> = {
  not_interleaved: 'put both into one sweep, which measures them in turns',
  different_seeds: 'give both the same --seed',
  no_two_rounds: 'measure with --rounds 3 or more',
  rounds_left_out: '`pool-lab sweep --resume DIR` measures failed rounds anew',
  incomplete: '`pool-lab sweep --resume DIR` measures what is missing',
  degraded: '`pool-lab report DIR` says what stands against it',
  withheld: 'measure longer, or lower the load until it settles',
  uneven_rounds: 'add rounds, and look at those that stand out',
  database_size: 'measure both on a fresh database',
  over_budget: 'choose a smaller pool, or raise max_connections',
  many_comparisons: 'measure a difference that matters again before you believe it',
};

/** Each with its advice; none where nothing stands against it. */
export function caveatLines(caveats: readonly ComparisonCaveat[]): readonly ReportLine[] {
  return caveats.map(({ code, detail }, index) => ({
    label: index === 0 ? 'CARE' : '',
    text: `${code}: ${plainText(detail)}\n→ ${ADVICE[code]}`,
  }));
}
