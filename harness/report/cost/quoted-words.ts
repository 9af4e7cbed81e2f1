import type { CostResult, MeasuredVariant, QuotedResult } from '../../analysis/cost/cost-result.ts';
import type { VariantId } from '../../analysis/cost/variants.ts';
import { formatMs, formatRatio, formatShare } from '../format.ts';
import { formatMegabytes } from './megabytes.ts';

/** What each figure is about. */
const QUOTED_NAMES: Readonly<Record<QuotedResult['id'], string>> = {
  tcp: 'TCP connect',
  tls: 'TLS, on top',
  scram: 'SCRAM, on top',
  start: 'backend start',
  memory: 'idle backend',
};

/** The figure of this machine, in the unit of the quoted one. */
function quotedValue({ measured, unit }: Pick<QuotedResult, 'measured' | 'unit'>): string {
  if (measured === null) return 'not measured';
  return unit === 'ms' ? formatMs(measured.value) : formatMegabytes(measured.value);
}

/** Whether it holds on this machine, and what of this machine makes it so. */
export function quotedSentence(quoted: QuotedResult, result: CostResult): string {
  const name = `${QUOTED_NAMES[quoted.id]} ${quoted.quoted.text}`;
  const { finding, measured } = quoted;
  if (measured === null) return `${name}: not measured here.`;
  if (finding === 'doubtful') {
    return `${name}; here ${quotedValue(quoted)}, which cannot be told now: the machine made times longer.`;
  }
  return `${name}; here ${quotedValue(quoted)}. It ${FINDINGS[finding]}${byHowMuch(quoted)}: ${REASONS[quoted.id](result, quoted)}.`;
}

const FINDINGS: Readonly<Record<QuotedResult['finding'], string>> = {
  holds: 'holds here',
  less: 'does not hold here',
  more: 'does not hold here',
  borderline: 'is at the edge here',
  doubtful: 'cannot be told now',
  not_measured: 'not measured',
};

function byHowMuch({ finding, measured, quoted }: QuotedResult): string {
  if (measured === null || measured.value <= 0) return '';
  if (finding === 'less') return ` (${formatRatio(quoted.low / measured.value)} × less)`;
  return finding === 'more' ? ` (${formatRatio(measured.value / quoted.high)} × more)` : '';
}

type Reason = (result: CostResult, quoted: QuotedResult) => string;

const REASONS: Readonly<Record<QuotedResult['id'], Reason>> = {
  tcp: (_result, { finding, measured, quoted }) => {
    const isNear = finding === 'less' || finding === 'borderline';
    return isNear
      ? `it is one round trip, here ${formatMs(measured?.value ?? null)}; ${quoted.text} is a database that far away`
      : 'it is one round trip, and the database is that far away';
  },
  tls: (result, { measured, quoted }) => {
    const far = moreThan(result, 'tls_20ms', 'tcp_20ms');
    const seen = far === null ? '' : `; at 20 ms it was ${formatMs(far)} more`;
    return `${distanceThatMakes(measured?.value ?? 0, quoted, TLS_ROUND_TRIPS)}${seen}`;
  },
  scram: (result, { measured, quoted }) => {
    const hash = variantOf(result, 'tcp')?.clientHash ?? null;
    const hashing = hash === null ? '' : `the client computes for ${formatMs(hash.p50Ms)} of it; `;
    return hashing + distanceThatMakes(measured?.value ?? 0, quoted, SCRAM_ROUND_TRIPS);
  },
  start: (result) => {
    const first = variantOf(result, 'trust')?.phases.firstQuery ?? null;
    const empty =
      first === null
        ? ''
        : `; that its caches are empty shows in the first query, ${formatMs(first.p50Ms)}`;
    return `PostgreSQL forks a process that shares its memory, and opens the database in it${empty}`;
  },
  memory: ({ memory }) => {
    if (memory.state === 'absent') return memory.reason;
    const { fresh, aged } = memory;
    const sharedShare = 1 - aged.privateBytes / aged.rssBytes;
    return `that is after work; when fresh it is ${formatMegabytes(fresh.pssBytes)}. What a session keeps are its catalog caches, its plans, and what its work has left in the allocator; its RSS would be ${formatMegabytes(aged.rssBytes)}, ${formatShare(sharedShare)} of it shared with others`;
  },
};

/** Beyond those that there are in the open: the request for it, and the handshake. */
const TLS_ROUND_TRIPS = 2;
/** Beyond trust's one: what is asked for, and the challenge. */
const SCRAM_ROUND_TRIPS = 2;

/** Computing stays what it is, round trips grow: between which distances is the quoted figure right? */
function distanceThatMakes(
  hereMs: number,
  { low, high }: { readonly low: number; readonly high: number },
  roundTrips: number,
): string {
  const [near, far] = [low, high].map((ms) => Math.max(0, (ms - hereMs) / roundTrips));
  const range = `${formatMs(near ?? 0)} to ${formatMs(far ?? 0)}`;
  return (far ?? 0) === 0
    ? `it is more than that without any distance, and ${roundTrips} round trips come on top`
    : `with ${roundTrips} round trips on top it is what a distance of ${range} makes of it`;
}

function moreThan(result: CostResult, more: VariantId, less: VariantId): number | null {
  const [a, b] = [variantOf(result, more), variantOf(result, less)];
  return a === null || b === null ? null : a.connection.p50Ms - b.connection.p50Ms;
}

function variantOf({ variants }: CostResult, id: VariantId): MeasuredVariant | null {
  const variant = variants.find((it) => it.id === id);
  return variant?.state === 'measured' ? variant : null;
}
