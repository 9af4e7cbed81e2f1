import { GATE_DEFAULTS } from '../../plan/gates.ts';
import { AGED_BY } from './aging-work.ts';
import { CONNECTING_PHASES, type ConnectionTimes, PHASES, timeOf } from './connection-times.ts';
import { hostDoubts } from './cost-doubts.ts';
import { type CostObservation, isAbsent, type ObservedConnections } from './cost-observation.ts';
import type { CostResult, MeasuredVariant, VariantResult } from './cost-result.ts';
import { type Duration, durationOf, SAMPLES_MIN } from './duration.ts';
import { phaseArithmetic } from './phase-arithmetic.ts';
import { quotedFigures } from './quoted-figures.ts';
import { throughputResult } from './throughput-result.ts';
import { VARIANTS, type Variant, type VariantId } from './variants.ts';

/** What was seen, in numbers with their spread. */
export function summarizeCost(observation: CostObservation): CostResult {
  const { startedAt, environment, seed, host } = observation;
  const measured = measuredConnections(observation);
  const difference = (more: VariantId, less: VariantId): Duration | null =>
    differenceOf(measured.get(more), measured.get(less));
  const variants = VARIANTS.map((variant) => variantResult(variant, observation));
  const memory = memoryResult(observation);
  const tls = difference('tls', 'tcp');
  const scram = passwordDifference(measured);
  const throughput = throughputResult(observation.throughput);
  const busy = hostDoubts(host, GATE_DEFAULTS);
  const doubts = [
    ...busy,
    ...(throughput.state === 'measured' && throughput.verdict !== 'VALID'
      ? [`throughput: ${throughput.verdict}, ${throughput.caveats.join(', ')}`]
      : []),
  ];
  return {
    ...{ startedAt, environment, seed, host },
    verdict: doubts.length === 0 ? 'VALID' : 'DEGRADED',
    doubts,
    samples: { asked: observation.samplesAsked, discarded: observation.discarded },
    variants,
    tls,
    scram,
    connectionPerQuery: connectionPerQuery(variants),
    arithmetic: VARIANTS.flatMap((variant) => {
      const distant = measured.get(variant.id);
      const near = variant.near === null ? undefined : measured.get(variant.near);
      return distant === undefined || near === undefined
        ? []
        : phaseArithmetic(variant, distant, near);
    }),
    memory,
    throughput,
    quoted: [
      ...quotedFigures({ variants, tls, scram, memory }, { timesAreTooLong: busy.length > 0 }),
    ],
  };
}

function measuredConnections({
  connections,
}: CostObservation): ReadonlyMap<VariantId, ObservedConnections> {
  return new Map(
    [...connections].flatMap(([id, observed]) =>
      isAbsent(observed) || observed.size < SAMPLES_MIN ? [] : [[id, observed] as const],
    ),
  );
}

function variantResult(
  { id, name, rttMs }: Variant,
  { connections }: CostObservation,
): VariantResult {
  const facts = { id, name, rttMs };
  const observed = connections.get(id);
  const absent = (reason: string): VariantResult => ({ state: 'absent', ...facts, reason });
  if (observed === undefined) return absent('it was not asked for');
  if (isAbsent(observed)) return absent(observed.absent);
  const all = [...observed.values()];
  const [first] = all;
  const connection = durationOf(all.map((times) => timeOf(times, CONNECTING_PHASES)));
  if (first === undefined || connection === null) {
    return absent(`${all.length} connections are too few`);
  }
  const over = (read: (times: ConnectionTimes) => number | null): Duration | null =>
    durationOf(all.map(read).filter((ms) => ms !== null));
  const [connect, tlsRequest, tlsHandshake, startup, challenge, session, firstQuery, warmQuery] =
    PHASES.map((phase) => over((times) => times[`${phase}Ms`]));
  const phases = {
    ...{ connect: connect ?? null, tlsRequest: tlsRequest ?? null },
    ...{ tlsHandshake: tlsHandshake ?? null, startup: startup ?? null },
    ...{ challenge: challenge ?? null, session: session ?? null },
    ...{ firstQuery: firstQuery ?? null, warmQuery: warmQuery ?? null },
  };
  return {
    state: 'measured',
    ...facts,
    authentication: first.authentication,
    tlsProtocol: first.tlsProtocol,
    phases,
    connection,
    clientHash: over(({ clientHashMs }) => clientHashMs),
  };
}

/** Round by round, so that what drifts drifts in both. */
function differenceOf(
  more: ObservedConnections | undefined,
  less: ObservedConnections | undefined,
): Duration | null {
  if (more === undefined || less === undefined) return null;
  return durationOf(
    [...more].flatMap(([round, times]) => {
      const other = less.get(round);
      return other === undefined
        ? []
        : [timeOf(times, CONNECTING_PHASES) - timeOf(other, CONNECTING_PHASES)];
    }),
  );
}

/** `null` as well where the server asks for another kind of password, or for none. */
function passwordDifference(
  measured: ReadonlyMap<VariantId, ObservedConnections>,
): Duration | null {
  const [withPassword, without] = [measured.get('tcp'), measured.get('trust')];
  const [first] = withPassword?.values() ?? [];
  return first?.authentication === 'scram-sha-256' ? differenceOf(withPassword, without) : null;
}

/** In the open, from this machine, or as the database that was given is reached. */
export function usualVariant(variants: readonly VariantResult[]): MeasuredVariant | null {
  const usual = ['tcp', 'tls', 'socket'].map((id) => variants.find((it) => it.id === id));
  return usual.find((variant) => variant?.state === 'measured') ?? null;
}

function connectionPerQuery(variants: readonly VariantResult[]): number | null {
  const usual = usualVariant(variants);
  const queryMs = usual?.phases.warmQuery?.p50Ms ?? 0;
  return usual === null || queryMs <= 0 ? null : usual.connection.p50Ms / queryMs;
}

function memoryResult({ memory }: CostObservation): CostResult['memory'] {
  if (isAbsent(memory)) return { state: 'absent', reason: memory.absent };
  const { sessions, fresh, aged, hugePages, sharedBuffers, workMem } = memory;
  return {
    state: 'measured',
    ...{ sessions, fresh, aged, hugePages, sharedBuffers, workMem },
    agedBy: AGED_BY,
  };
}
