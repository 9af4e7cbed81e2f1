import { expect, test } from 'vitest';
import type { ConnectionTimes } from './connection-times.ts';
import { phaseArithmetic } from './phase-arithmetic.ts';
import { connections, SCRAM_TIMES } from './test/sample-observation.ts';

const FAR = { id: 'tcp_20ms', rttMs: 20 } as const;

function roundTripsOf(changes: Partial<ConnectionTimes>): readonly string[] {
  const observed = new Map(
    Array.from({ length: 10 }, (_, round) => [round, { ...SCRAM_TIMES, ...changes }] as const),
  );
  return phaseArithmetic(FAR, observed, observed).map(
    ({ phases, roundTrips }) => `${phases.join('+')} ${roundTrips}`,
  );
}

const QUERIES = ['firstQuery 1', 'warmQuery 1'];

test.each([
  ['SCRAM', {}, ['connect+startup 2', 'challenge 1', 'session 1', ...QUERIES]],
  ['trust', { authentication: 'trust' }, ['connect+session 2', ...QUERIES]],
  ['MD5', { authentication: 'md5' }, ['connect+startup 2', 'session 1', ...QUERIES]],
  [
    'TLS 1.3',
    { tlsProtocol: 'TLSv1.3' },
    ['connect+tlsRequest 2', 'tlsHandshake 1', 'startup 1', 'challenge 1', 'session 1', ...QUERIES],
  ],
  [
    'TLS 1.2',
    { tlsProtocol: 'TLSv1.2', authentication: 'trust' },
    ['connect+tlsRequest 2', 'tlsHandshake 2', 'session 1', ...QUERIES],
  ],
] as const)('%s goes to and fro as often as the protocol says', (_, changes, expected) => {
  expect(roundTripsOf(changes)).toEqual(expected);
});

test('what was moved stands beside what should have been', () => {
  const arithmetic = phaseArithmetic(FAR, connections('tcp_20ms', 200), connections('tcp', 200));
  expect(arithmetic[0]).toMatchObject({ roundTrips: 2, expectedMs: 40 });
  expect(arithmetic).toHaveLength(5);
  for (const { movedMs, expectedMs } of arithmetic) expect(movedMs).toBeCloseTo(expectedMs, 1);
});

test('of fewer than ten connections nothing is said', () => {
  expect(phaseArithmetic(FAR, connections('tcp_20ms', 72), connections('tcp', 200))).toEqual([]);
});
