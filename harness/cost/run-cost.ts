import type {
  Absent,
  CostObservation,
  ObservedMemory,
  ObservedThroughput,
} from '../analysis/cost/cost-observation.ts';
import type { PostgresSettings } from '../postgres/provider.ts';
import { hostBetween, readHostHealth } from '../runner/host-health.ts';
import { type Lab, type LabDeps, withLab } from '../runner/lab.ts';
import { type IdleBackends, measureIdleBackends } from './idle-backends.ts';
import { DISCARDED, measureConnections } from './measure-connections.ts';
import { measureThroughput } from './measure-throughput.ts';
import { withWays } from './ways.ts';

export interface CostAsked {
  /** Connections of each near variant. */
  readonly samples: number;
  /** Pairs of trials; 0: throughput is not measured. */
  readonly pairs: number;
  /** Whose memory is compared; `null`: it is not measured. */
  readonly sessions: IdleBackends | null;
  readonly seed: number;
  readonly settings: PostgresSettings;
}

/** Of many short steps of a kind it says which one it is, since a log needs few of them. */
export type SayStep = (
  text: string,
  position?: { readonly done: number; readonly total: number },
) => void;

/** Connections first, when nothing else is going on; then what idle ones take; then many of them. */
export async function runCost(
  asked: CostAsked,
  deps: LabDeps,
  say: SayStep,
): Promise<CostObservation> {
  const { samples, pairs, seed, settings } = asked;
  const startedAt = new Date().toISOString();
  const measureAll = async (lab: Lab): Promise<Omit<CostObservation, 'throughput'>> => {
    const before = { health: readHostHealth(), ms: performance.now() };
    const connections = await withWays(lab, { seed }, (ways, signal) =>
      measureConnections(ways, {
        rounds: samples,
        signal,
        onRound: (round) =>
          say(`connections, ${round + 1} of ${samples} rounds`, {
            done: round + 1,
            total: samples,
          }),
      }),
    );
    const host = hostBetween(before.health, readHostHealth(), performance.now() - before.ms);
    return {
      ...{ startedAt, environment: lab.environment, seed, host, connections },
      samplesAsked: samples,
      discarded: DISCARDED,
      memory: await observeMemory(lab, asked, say),
    };
  };
  const throughputOn = async (lab: Lab): Promise<ObservedThroughput | Absent> =>
    pairs === 0
      ? { absent: 'it was not asked for' }
      : await measureThroughput(lab, {
          ...{ pairs, seed },
          onTrial: (done) => say(`requests, trial ${done + 1} of ${2 * pairs}`),
        });

  if (deps.postgres.kind !== 'embedded') {
    return await withLab(settings, deps, async (lab) => ({
      ...(await measureAll(lab)),
      throughput: await throughputOn(lab),
    }));
  }
  // TLS is spoken by a server that was started with it; requests are served by the usual one, in which the
  // ways in that were opened for this do not exist.
  const observed = await withLab({ ...settings, transport: 'tls' }, deps, measureAll);
  const throughput =
    pairs === 0
      ? { absent: 'it was not asked for' }
      : await withLab(settings, deps, (lab) => throughputOn(lab));
  return { ...observed, throughput };
}

async function observeMemory(
  { postgres, signal }: Lab,
  { sessions }: CostAsked,
  say: SayStep,
): Promise<ObservedMemory | Absent> {
  if (sessions === null) return { absent: 'it was not asked for' };
  say(`memory of ${sessions.few} to ${sessions.many} idle sessions, fresh and aged`);
  const memory = await measureIdleBackends(postgres, sessions, signal);
  return typeof memory === 'string' ? { absent: memory } : { sessions, ...memory };
}
