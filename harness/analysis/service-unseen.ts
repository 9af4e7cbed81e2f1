import type { ServiceReading } from './service-reading.ts';

/** What was to be seen of a service, where it was. */
export interface ServiceSight {
  readonly timing: ServiceReading['timing'];
  /** What is not known for want of metrics, or for doubts about them; see `watchServiceMetrics`. */
  readonly metricsUnseen: readonly string[];
  /** `null`: the log is not the lab's to read. */
  readonly refusalsLogged: number | null;
  readonly process: ServiceReading['process'];
  /** PostgreSQL was in sight; where it was not, the report says what that leaves out. */
  readonly seesDatabase: boolean;
}

/** Less than this does not tell of all. */
const TOLD_BY_ALL = 0.99;

/** What nobody told, a sentence each, with what would tell. The most wanted first. */
export function unseenOf(sight: ServiceSight): string[] {
  return [
    ...timingUnseen(sight.timing),
    ...sight.metricsUnseen,
    ...(sight.seesDatabase && sight.refusalsLogged === null
      ? [
          "Connections that PostgreSQL refused are known only where an answer says so: the server's log is not the lab's to read, or is not written as the lab reads it.",
        ]
      : []),
    ...(sight.process === null
      ? [
          'Its CPU time and its output are not known: it was not started here (--command would show them).',
        ]
      : sight.process.cpuMs === null
        ? ['Its CPU time is not known: this system does not tell it.']
        : []),
  ];
}

function timingUnseen({ answers, wait, db }: ServiceReading['timing']): string[] {
  if (answers === 0) return [];
  const told = Math.min(wait, db) / answers;
  if (told >= TOLD_BY_ALL) return [];
  const share = `${Math.floor(100 * told)} %`;
  const why =
    wait + db === 0
      ? 'its answers have no Server-Timing in milliseconds'
      : wait === 0 || db === 0
        ? `its Server-Timing has no ${wait === 0 ? 'wait' : 'db'}`
        : `only ${share} of its right answers have both in Server-Timing`;
  return [
    `Where the time of an answer went, in the queue for a connection or in PostgreSQL, is not known: ${why}; the header "Server-Timing: wait;dur=…, connect;dur=…, db;dur=…" would tell.`,
  ];
}
