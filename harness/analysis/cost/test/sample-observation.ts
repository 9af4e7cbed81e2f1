import type { ConnectionTimes } from '../connection-times.ts';
import type { CostObservation, ObservedConnections, ObservedMemory } from '../cost-observation.ts';
import { VARIANTS, type VariantId } from '../variants.ts';

/** What SCRAM over TCP takes on a machine where nothing else happens. */
export const SCRAM_TIMES: ConnectionTimes = {
  ...{ authentication: 'scram-sha-256', tlsProtocol: null, clientHashMs: 0.6 },
  ...{ connectMs: 0.2, tlsRequestMs: null, tlsHandshakeMs: null },
  ...{ startupMs: 1, challengeMs: 0.2, sessionMs: 1.6 },
  ...{ firstQueryMs: 0.9, warmQueryMs: 0.1 },
};

const TIMES: Readonly<Partial<Record<VariantId, ConnectionTimes>>> = {
  tcp: SCRAM_TIMES,
  trust: {
    ...{ ...SCRAM_TIMES, authentication: 'trust', clientHashMs: null },
    ...{ startupMs: null, challengeMs: null, sessionMs: 1.6 },
  },
  tls: {
    ...{ ...SCRAM_TIMES, tlsProtocol: 'TLSv1.3' },
    ...{ tlsRequestMs: 1, tlsHandshakeMs: 1.5, startupMs: 0.2 },
  },
  socket: { ...SCRAM_TIMES, connectMs: 0.1 },
  pgbouncer: { ...SCRAM_TIMES, startupMs: 0.2, challengeMs: 2.3, sessionMs: 0.7 },
};

/**
 * Connections of one kind, round by round, that differ by a drift: in round n everything takes n thousandths
 * of a millisecond longer. Far away, each step takes its round trips longer.
 */
export function connections(id: VariantId, rounds: number): ObservedConnections {
  const variant = VARIANTS.find((it) => it.id === id);
  const near = TIMES[variant?.near ?? id];
  if (variant === undefined || near === undefined) throw new Error(`nothing is known of ${id}`);
  const { rttMs, everyRounds } = variant;
  const observed = new Map<number, ConnectionTimes>();
  for (let round = 0; round < rounds; round += everyRounds) {
    const driftMs = round / 1_000;
    const longer = (ms: number | null, roundTrips: number): number | null =>
      ms === null ? null : ms + roundTrips * rttMs + driftMs;
    const carriesConnect = near.tlsProtocol === null ? 2 : 1;
    observed.set(round, {
      ...near,
      connectMs: near.connectMs,
      tlsRequestMs: longer(near.tlsRequestMs, 2),
      tlsHandshakeMs: longer(near.tlsHandshakeMs, 1),
      startupMs: longer(near.startupMs, carriesConnect),
      challengeMs: longer(near.challengeMs, 1),
      sessionMs: longer(near.sessionMs, 1),
      firstQueryMs: longer(near.firstQueryMs, 1),
      warmQueryMs: longer(near.warmQueryMs, 1),
    });
  }
  return observed;
}

export const MEMORY: ObservedMemory = {
  sessions: { few: 10, many: 50 },
  fresh: {
    ...{ pssBytes: 1.4e6, serverPssBytes: 1.3e6, rssBytes: 15e6 },
    ...{ privateBytes: 1.3e6, pageTableBytes: 0.15e6 },
  },
  aged: {
    ...{ pssBytes: 9.3e6, serverPssBytes: 9.2e6, rssBytes: 36e6 },
    ...{ privateBytes: 9e6, pageTableBytes: 0.19e6 },
  },
  ...{ hugePages: 'off', sharedBuffers: '128MB', workMem: '4MB' },
};

/** Everything was measured but throughput, on a machine that did nothing else. */
export function sampleObservation(changes: Partial<CostObservation> = {}): CostObservation {
  return {
    startedAt: '2026-01-02T03:04:05.678Z',
    environment: {
      ...{ poolLabVersion: '0.0.0', nodeVersion: 'v24.0.0', platform: 'linux', arch: 'x64' },
      ...{ osRelease: '6.1', cpuModel: 'Some CPU', cores: 2, memoryBytes: 8e9 },
      postgres: {
        ...{
          provider: 'embedded',
          version: '18.4',
          durability: {},
          fileSystem: 'ext4',
          seesOthers: true,
        },
        ...{ sharedBuffersBytes: 128 * 1024 ** 2, databaseBytes: 16 * 1024 ** 2 },
      },
    },
    seed: 1,
    samplesAsked: 200,
    discarded: 10,
    connections: new Map(VARIANTS.map(({ id }) => [id, connections(id, 200)])),
    host: { cpuPressureShare: 0.02, cpuStealShare: 0, throttledPeriods: 0, throttledMs: 0 },
    memory: MEMORY,
    throughput: { absent: 'it was not asked for' },
    ...changes,
  };
}
