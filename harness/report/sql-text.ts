import type { SqlPlan } from '../plan/sql-plan.ts';
import { formatMs } from './format.ts';
import type { ReportLine } from './report-line.ts';

/** Enough of a hash to tell two files of one name apart. */
const HASH_CHARACTERS = 8;

/** What SQL of the user's own may do, and what it found; none where there is none. */
export function sqlLines(sql: SqlPlan | null): readonly ReportLine[] {
  if (sql === null) return [];
  const { scripts, allowWrites, statementTimeoutMs, schema, seed } = sql;
  const files = [schema, seed].filter((file) => file !== null).map(({ path }) => path);
  const rights = allowWrites
    ? `may write${files.length === 0 ? '; what one trial writes, the next one finds' : '; data made anew for each trial'}`
    : 'reads only';
  const limit =
    statementTimeoutMs === 0
      ? 'statements as long as they take'
      : `statements of ${formatMs(statementTimeoutMs)} at most`;
  const parts = [
    ...scripts.map(({ name, sha256 }) => `${name} (sha256 ${sha256.slice(0, HASH_CHARACTERS)}…)`),
    ...(scripts.length === 0 ? [] : [rights, `${limit}`]),
    ...(files.length === 0 ? [] : [`on ${files.join(', ')}`]),
  ];
  return parts.length === 0 ? [] : [{ label: 'SQL', text: parts.join('; ') }];
}
