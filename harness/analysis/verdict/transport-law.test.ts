import { expect, test } from 'vitest';
import type { Transport } from '../../plan/trial-plan.ts';
import { summarizeTrial } from '../summarize.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import { soundObservations } from '../test/observations.ts';
import { DIRECT_API, type TransportReading } from '../trial-machine.ts';
import type { WatchedObservations } from '../trial-observations.ts';

const NONE: TransportReading = { encrypted: 0, plain: 0, socket: 0, protocols: [] };
const ENCRYPTED = { ...NONE, encrypted: 8, protocols: ['TLSv1.3 with TLS_AES_256_GCM_SHA384'] };

function observed(
  asked: Transport,
  transport: TransportReading | null,
  change: Partial<WatchedObservations> = {},
): WatchedObservations {
  const sound = soundObservations();
  const postgres = { ...sound.plan.postgres, transport: asked };
  return { ...sound, transport, plan: { ...sound.plan, postgres }, ...change };
}

function judged(seen: WatchedObservations) {
  const { laws, verdict } = summarizeTrial(seen, decodeFake);
  return { verdict, law: laws.find(({ name }) => name === 'transport')?.detail ?? null };
}

test.each([
  ['tls', ENCRYPTED],
  ['tcp', { ...NONE, plain: 8 }],
  ['socket', { ...NONE, socket: 8 }],
] as const)('all sessions that came by %s, as asked, are worth something', (asked, transport) => {
  expect(judged(observed(asked, transport))).toEqual({
    verdict: 'VALID',
    law: `sessions of the API that came by ${asked} 8 = seen by the server 8`,
  });
});

test.each([
  ['tls', { ...NONE, plain: 8 }],
  ['tls', { ...ENCRYPTED, encrypted: 7, plain: 1 }],
  ['tls', { ...NONE, socket: 8 }],
  ['tcp', ENCRYPTED],
  ['tcp', { ...NONE, socket: 8 }],
  ['socket', { ...NONE, plain: 8 }],
] as const)('%s was asked for and %o was there: INVALID', (asked, transport) => {
  const { verdict, law } = judged(observed(asked, transport));
  expect(verdict).toBe('INVALID');
  expect(law).toMatch(/ [017] = seen by the server 8$/);
});

test('what nobody could look at is not judged', () => {
  expect(judged(observed('tls', null)).law).toBeNull();
});

test.each([
  [{ ...DIRECT_API, target: 'http://127.0.0.1:8080' }],
  [{ ...DIRECT_API, via: '127.0.0.1:6432' }],
])('nor is how somebody else reaches the server: %o', (api) => {
  expect(judged(observed('tls', { ...NONE, plain: 8 }, { api })).law).toBeNull();
});

test('of a server that somebody else runs nothing but the encryption is', () => {
  const sound = soundObservations();
  const postgres = { ...sound.environment.postgres, provider: 'url' } as const;
  const environment = { ...sound.environment, postgres };
  expect(judged(observed('tcp', ENCRYPTED, { environment })).law).toBeNull();
  expect(judged(observed('tls', { ...NONE, plain: 8 }, { environment })).verdict).toBe('INVALID');
});
