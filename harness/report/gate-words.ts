import { changedGates, type GateName } from '../plan/gate-parser.ts';
import type { Gates } from '../plan/gates.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { formatCount, formatMs } from './format.ts';

/** Each gate with its limits: `generator busy > 70 %, 90 %` is DEGRADED, INVALID. */
const WORDS: Readonly<Record<GateName, (gates: Gates) => string>> = {
  offeredShortfall: ({ offeredShortfall: gate }) => `arrivals issued late > ${both(gate, share)}`,
  dispatchLagMsP99: ({ dispatchLagMsP99: gate }) => `lag at p99 > ${both(gate, formatMs)}`,
  dispatchLagShareOfP50: ({ dispatchLagShareOfP50: gate }) =>
    `that lag > ${both(gate, share)} of the median`,
  distanceExcess: ({ distanceExcess: gate }) => `round trip longer by > ${both(gate, share)}`,
  generatorUtilization: ({ generatorUtilization: gate }) => `generator busy > ${both(gate, share)}`,
  droppedShare: ({ droppedShare: gate }) => `dropped > ${both(gate, share)}`,
  littleDeviation: ({ littleDeviation: gate }) => `Little's law off by > ${both(gate, share)}`,
  generatorStalledShare: ({ generatorStalledShare: gate }) =>
    `generator stood still > ${both(gate, share)}`,
  samplesBeyondP99Min: ({ samplesBeyondP99Min }) =>
    `under ${formatCount(samplesBeyondP99Min)} samples beyond p99`,
  intervalHalfWidth: ({ intervalHalfWidth }) => `interval beyond ± ${wide(intervalHalfWidth)}`,
  steadySecondsMin: ({ steadySecondsMin }) =>
    steadySecondsMin === 0 ? 'steady state not judged' : `under ${steadySecondsMin} s steady`,
  cpuPressureShare: ({ cpuPressureShare }) => `CPU pressure > ${share(cpuPressureShare)}`,
  cpuStealShare: ({ cpuStealShare }) => `CPU stolen > ${share(cpuStealShare)}`,
  workerImbalance: ({ workerImbalance }) => `busiest worker > ${workerImbalance} × the idlest`,
  roundsSpread: ({ roundsSpread }) => `rounds apart > ${wide(roundsSpread)}`,
  monitorGapMs: ({ monitorGapMs }) => `monitor blind > ${formatMs(monitorGapMs)}`,
};

const NAMES: readonly GateName[] = Object.keys(WORDS).filter(isGateName);

function isGateName(name: string): name is GateName {
  return name in WORDS;
}

/** All limits that the verdict was made with; those the user changed are marked. A service's workers nobody counts. */
export function gatesText({ gates, service }: Pick<TrialPlan, 'gates' | 'service'>): string {
  const names = NAMES.filter((name) => service === null || name !== 'workerImbalance');
  const changed = changedGates(gates);
  const marked = (name: GateName): string =>
    `${WORDS[name](gates)}${changed.includes(name) ? ' (changed)' : ''}`;
  const isPair = (name: GateName): boolean => typeof gates[name] !== 'number';
  const pairs = names.filter(isPair).map(marked).join('; ');
  const singles = names.filter((name) => !isPair(name)).map(marked);
  return `DEGRADED, INVALID: ${pairs}. DEGRADED: ${singles.join('; ')}`;
}

function both(
  { degraded, invalid }: { readonly degraded: number; readonly invalid: number },
  text: (limit: number) => string,
): string {
  return `${text(degraded)}, ${text(invalid)}`;
}

/** As the limit was given: 0.15 is 15 %, whatever is shown of measurements. */
function share(limit: number): string {
  return `${Number((limit * 100).toPrecision(6))} %`;
}

/** Beyond this a limit says "whatever it is". */
const ANY_WIDTH_FROM = 100;

function wide(limit: number): string {
  return limit >= ANY_WIDTH_FROM ? 'any' : share(limit);
}
