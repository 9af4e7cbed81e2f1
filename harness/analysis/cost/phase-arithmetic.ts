import {
  type Authentication,
  type ConnectionTimes,
  type Phase,
  timeOf,
} from './connection-times.ts';
import type { ObservedConnections } from './cost-observation.ts';
import type { Arithmetic } from './cost-result.ts';
import { durationOf } from './duration.ts';
import type { Variant } from './variants.ts';

/**
 * What each step of a distant connection should take longer than of a near one: as often the round trip as
 * the protocol goes to and fro in it. Beside it, what it did.
 */
export function phaseArithmetic(
  { id, rttMs }: Pick<Variant, 'id' | 'rttMs'>,
  distant: ObservedConnections,
  near: ObservedConnections,
): readonly Arithmetic[] {
  const [first] = distant.values();
  if (first === undefined) return [];
  return stepsOf(first).flatMap(({ phases, roundTrips }): Arithmetic[] => {
    const [there, here] = [distant, near].map((connections) =>
      durationOf([...connections.values()].map((times) => timeOf(times, phases))),
    );
    if (!there || !here) return [];
    return [
      {
        ...{ variant: id, phases: [...phases], rttMs, roundTrips },
        expectedMs: roundTrips * rttMs,
        movedMs: there.p50Ms - here.p50Ms,
      },
    ];
  });
}

interface Step {
  readonly phases: readonly Phase[];
  readonly roundTrips: number;
}

/**
 * The kernel of this machine accepts a connection before the lab's network has carried it: what the
 * handshake takes shows in the first answer. The two are one step, of two round trips.
 */
function stepsOf({ authentication, tlsProtocol }: ConnectionTimes): readonly Step[] {
  const login = LOGIN_STEPS[authentication];
  if (tlsProtocol === null) {
    const [answer, ...rest] = login;
    if (answer === undefined) throw new Error('a login without a step');
    return [
      { phases: ['connect', answer], roundTrips: 2 },
      ...rest.map((phase): Step => ({ phases: [phase], roundTrips: 1 })),
      ...QUERIES,
    ];
  }
  return [
    { phases: ['connect', 'tlsRequest'], roundTrips: 2 },
    // From 1.3 on the client's last message goes along with the first one that is encrypted.
    { phases: ['tlsHandshake'], roundTrips: tlsProtocol === 'TLSv1.3' ? 1 : 2 },
    ...login.map((phase): Step => ({ phases: [phase], roundTrips: 1 })),
    ...QUERIES,
  ];
}

/** Each of them one round trip. */
const LOGIN_STEPS: Readonly<Record<Authentication, readonly Phase[]>> = {
  trust: ['session'],
  password: ['startup', 'session'],
  md5: ['startup', 'session'],
  'scram-sha-256': ['startup', 'challenge', 'session'],
};

const QUERIES: readonly Step[] = [
  { phases: ['firstQuery'], roundTrips: 1 },
  { phases: ['warmQuery'], roundTrips: 1 },
];
