import type { Arithmetic, CostResult } from '../../analysis/cost/cost-result.ts';
import { VARIANTS } from '../../analysis/cost/variants.ts';
import {
  ABSENT,
  formatBytes,
  formatMs,
  formatRate,
  formatRatio,
  formatShare,
  plural,
} from '../format.ts';
import { intervalText, USELESS_INTERVAL } from '../interval-text.ts';
import type { ReportLine } from '../report-line.ts';
import { table } from '../text-layout.ts';
import { formatMegabytes } from './megabytes.ts';
import { phaseTable } from './phase-table.ts';
import { quotedSentence } from './quoted-words.ts';

/** What a step may be off by what its round trips make it. */
const DEVIATION_MAX = 0.1;

/** Everything below the answer. */
export function costLines(result: CostResult, columns: number): readonly ReportLine[] {
  return [
    timeLine(result, columns),
    ...differenceLines(result),
    ...poolerLines(result),
    ...roundTripLines(result),
    ...absentLines(result),
    memoryLine(result),
    throughputLine(result),
    ...quotedLines(result),
    ...carriesOver(result),
    trustLine(result),
  ];
}

function timeLine(result: CostResult, columns: number): ReportLine {
  return {
    label: 'TIME',
    text: 'medians in ms; each column is one round trip and what both sides do in it. PostgreSQL starts the process in the first that it answers, startup or TLS; session is the proof of the password and the start of the session; query 1 meets empty catalog caches.',
    rows: phaseTable(result, columns),
  };
}

function differenceLines({ tls, scram, variants }: CostResult): readonly ReportLine[] {
  const encrypted = variants.find(({ id }) => id === 'tls');
  const protocol = encrypted?.state === 'measured' ? encrypted.tlsProtocol : null;
  const text = (duration: NonNullable<typeof tls>): string =>
    formatMs(duration.p50Ms) + intervalText(duration.p50Interval, formatMs);
  const parts = [
    ...(tls === null ? [] : [`TLS ${text(tls)}${protocol === null ? '' : ` (${protocol})`}`]),
    ...(scram === null ? [] : [`SCRAM instead of trust ${text(scram)}`]),
  ];
  return parts.length === 0 ? [] : [{ label: 'ON TOP', text: parts.join('; ') }];
}

/** What PgBouncer saves and what it does not: its own login takes the place of PostgreSQL's. */
function poolerLines({ variants }: CostResult): readonly ReportLine[] {
  const [pooled, direct] = ['pgbouncer', 'tcp'].map((id) => variants.find((it) => it.id === id));
  if (pooled?.state !== 'measured' || direct?.state !== 'measured') return [];
  const startMs = (it: typeof pooled): number =>
    (it.phases.startup?.p50Ms ?? 0) + (it.phases.session?.p50Ms ?? 0);
  const saved = `startup and session ${formatMs(startMs(pooled))} instead of ${formatMs(startMs(direct))}, since no process is started`;
  const [its, ours] = [pooled.phases.challenge, direct.phases.challenge];
  const stretched =
    its === null || ours === null || its.p50Interval.low <= ours.p50Interval.high
      ? ''
      : `; SASL ${formatMs(its.p50Ms)} instead of ${formatMs(ours.p50Ms)}: given the password itself, PgBouncer computes at each login what PostgreSQL has stored`;
  return [{ label: 'PGBOUNCER', text: `${saved}${stretched}` }];
}

/** How often each step went to and fro, by how much longer it took far away. */
function roundTripLines({ arithmetic }: CostResult): readonly ReportLine[] {
  const farthestMs = Math.max(0, ...arithmetic.map(({ rttMs }) => rttMs));
  const far = VARIANTS.flatMap(({ id, name }) => {
    const steps = arithmetic.filter(({ variant, rttMs }) => variant === id && rttMs === farthestMs);
    return steps.length === 0 ? [] : [`${name}: ${steps.map(stepText).join(', ')}`];
  });
  if (far.length === 0) return [];
  const off = arithmetic.filter(
    ({ rttMs, movedMs, expectedMs }) =>
      rttMs === farthestMs && Math.abs(movedMs - expectedMs) > DEVIATION_MAX * expectedMs,
  );
  const agreement =
    off.length === 0
      ? `each within ${formatShare(DEVIATION_MAX)}`
      : `${off.length} of them off by more than ${formatShare(DEVIATION_MAX)}: what these steps took drifted, or the network that the lab makes was late`;
  return [
    {
      label: 'ROUND TRIPS',
      text: `expected of each step, and by how many it moved at ${formatMs(farthestMs)}: ${agreement}`,
    },
    ...far.map((text) => ({ label: '', text })),
  ];
}

/** `connect + startup 2 → 2.03`: expected, then what it moved by, in round trips. */
function stepText({ phases, roundTrips, movedMs, rttMs }: Arithmetic): string {
  const names = phases.map((phase) => STEP_NAMES[phase]).join(' + ');
  return `${names} ${roundTrips} → ${(movedMs / rttMs).toFixed(2)}`;
}

const STEP_NAMES: Readonly<Record<Arithmetic['phases'][number], string>> = {
  connect: 'connect',
  tlsRequest: 'TLS request',
  tlsHandshake: 'TLS handshake',
  startup: 'startup',
  challenge: 'SASL',
  session: 'session',
  firstQuery: 'query 1',
  warmQuery: 'query 2',
};

function absentLines({ variants }: CostResult): readonly ReportLine[] {
  const byReason = new Map<string, string[]>();
  for (const variant of variants) {
    if (variant.state !== 'absent') continue;
    byReason.set(variant.reason, [...(byReason.get(variant.reason) ?? []), variant.name]);
  }
  return [...byReason].map(([reason, names], index) => ({
    label: index === 0 ? 'NOT MEASURED' : '',
    text: `${names.join(', ')}: ${reason}`,
  }));
}

function memoryLine({ memory }: CostResult): ReportLine {
  if (memory.state === 'absent') return { label: 'MEMORY', text: `not measured: ${memory.reason}` };
  const { sessions, fresh, aged, agedBy, hugePages, sharedBuffers } = memory;
  const rows = [
    ['', 'PSS', 'all of PostgreSQL', 'private', 'page tables', 'RSS'],
    ...(
      [
        ['fresh', fresh],
        ['aged', aged],
      ] as const
    ).map(([name, it]) => [
      name,
      ...[it.pssBytes, it.serverPssBytes, it.privateBytes, it.pageTableBytes, it.rssBytes].map(
        formatMegabytes,
      ),
    ]),
  ];
  return {
    label: 'MEMORY',
    text: `of one more idle session, by the growth from ${sessions.few} to ${sessions.many}. Aged: ${agedBy}. RSS misleads: it counts the shared buffers and the program in every process that has touched them; PSS divides them. shared_buffers ${sharedBuffers}, huge pages ${hugePages}${hugePages === 'on' ? ', which neither of the two counts' : ''}; page tables are the kernel’s, on top.`,
    rows: table(rows, ['left', 'right', 'right', 'right', 'right', 'right']),
  };
}

function throughputLine({ throughput }: CostResult): ReportLine {
  if (throughput.state === 'absent') {
    return { label: 'THROUGHPUT', text: `not measured: ${throughput.reason}` };
  }
  const { pooled, unpooled, ratio, workers, callers, poolSize, workload, pairs, durationMs } =
    throughput;
  const interval = intervalText(ratio, formatRatio);
  const answer =
    ratio === null
      ? `no ratio can be told from ${plural(pairs, 'pair')} of trials`
      : interval.includes(USELESS_INTERVAL)
        ? `with a pool about ${formatRatio(ratio.ratio)} × the answers; the pairs differ too much for an interval, add --pairs`
        : `with a pool ${formatRatio(ratio.ratio)} ×${interval} the answers`;
  const rows = [
    ['', 'answers/s', 'p50', 'CPU of PostgreSQL', 'connections', 'failed'],
    ...(
      [
        [`a pool of ${workers} × ${poolSize}`, pooled],
        ['one a request', unpooled],
      ] as const
    ).map(([name, side]) => [
      name,
      side.throughputPerSecond === null ? ABSENT : formatRate(side.throughputPerSecond),
      formatMs(side.latencyMsP50),
      side.postgresCpuMsPerRequest === null
        ? ABSENT
        : `${side.postgresCpuMsPerRequest.toFixed(3)} ms/request`,
      `${side.connectionsPerRequest.toFixed(side.connectionsPerRequest < 0.01 ? 4 : 2)}/request`,
      String(side.failedRequests),
    ]),
  ];
  return {
    label: 'THROUGHPUT',
    text: `${answer}; ${callers} callers, ${plural(workers, 'worker')}, workload ${workload}, ${plural(pairs, 'interleaved pair')} of ${formatMs(durationMs)}. Callers, API and PostgreSQL share the CPUs.`,
    rows: table(rows, ['left', 'right', 'right', 'right', 'right', 'right']),
  };
}

function quotedLines(result: CostResult): readonly ReportLine[] {
  return result.quoted.map((quoted, index) => ({
    label: index === 0 ? 'PEOPLE QUOTE' : '',
    text: quotedSentence(quoted, result),
  }));
}

function carriesOver({ environment }: CostResult): readonly ReportLine[] {
  const { postgres, cores, cpuModel } = environment;
  return [
    {
      label: 'CARRIES OVER',
      text: 'the number of round trips of each step, that computing does not shrink with distance, what a fresh session lacks',
    },
    {
      label: 'DOES NOT',
      text: `milliseconds of computing (${plural(cores, 'core')} of ${cpuModel}, client and server on one machine, Node's sockets: some 0.05 ms a step), the ratio of throughputs, which is smaller the more a request does`,
    },
    {
      label: 'UNKNOWN',
      text: `your certificates and pg_hba.conf, your number of tables, extensions, roles and settings, a kernel with other mitigations (here: PostgreSQL ${postgres.version}, ${postgres.provider}, ${formatBytes(postgres.databaseBytes)} of data)`,
    },
  ];
}

function trustLine({ verdict, doubts, samples }: CostResult): ReportLine {
  const how = `${plural(samples.asked, 'round')}, the variants interleaved, one connection at a time; the first ${samples.discarded} of each discarded; [–] are 95 % intervals`;
  return {
    label: 'TRUST',
    text: [`${verdict}; ${how}.`, ...doubts.map((doubt) => `· ${doubt}`)].join('\n'),
  };
}
