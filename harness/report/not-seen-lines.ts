import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { ReportLine } from './report-line.ts';

/** What of a service without a database of the lab's knowledge no report can have. */
const DATABASE_NOT_SEEN =
  'the database: how many connections there are and may be, what they wait for, who is refused. DATABASE_URL and --postgres url would show it';

const OTHERS_NOT_SEEN =
  "what sessions of others did, and which were still connecting: the monitor's role lacks pg_read_all_stats. They are counted among the others";

/** Of what is not known the report has no number, and says so: of each of some trials, once. */
export function notSeenLines(trials: readonly MeasuredTrial[]): readonly ReportLine[] {
  return unseenLines([...new Set(trials.flatMap(unseenOfTrial))]);
}

export function unseenLines(sentences: readonly string[]): readonly ReportLine[] {
  return sentences.map((text, index) => ({ label: index === 0 ? 'NOT SEEN' : '', text }));
}

function unseenOfTrial({ environment, service }: MeasuredTrial): readonly string[] {
  const { postgres } = environment;
  const own = service === null ? "the API's own" : "the service's own";
  return [
    ...(postgres === null ? [DATABASE_NOT_SEEN] : []),
    ...(postgres === null || postgres.seesOthers
      ? []
      : [`${OTHERS_NOT_SEEN}, ${own} are seen in full`]),
    ...(service?.unseen ?? []),
  ];
}
