import { expect, test } from 'vitest';
import type { TransportReading } from '../analysis/trial-machine.ts';
import { POOLER_DEFAULTS, type Pooler } from '../plan/pooler.ts';
import type { Transport } from '../plan/trial-plan.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { transportLines } from './transport-text.ts';

const NONE: TransportReading = { encrypted: 0, plain: 0, socket: 0, protocols: [] };
const protocols = ['TLSv1.3 with TLS_AES_256_GCM_SHA384'];

function said(
  asked: Transport,
  transport: TransportReading | null,
  pooler: Pooler | null = null,
): string {
  const { plan } = sampleTrial();
  const postgres = { ...plan.postgres, transport: asked };
  const lines = transportLines({ plan: { ...plan, postgres, pooler }, transport });
  return lines.map(({ label, text }) => `${label} ${text}`).join();
}

test.each([
  [
    'tls',
    { ...NONE, encrypted: 8, protocols },
    "TRANSPORT TLS (TLSv1.3 with TLS_AES_256_GCM_SHA384): the API's 8 sessions, as the server saw them",
  ],
  [
    'socket',
    { ...NONE, socket: 1 },
    "TRANSPORT a socket of the file system: the API's 1 session, as the server saw them",
  ],
  [
    'tls',
    { ...NONE, plain: 8 },
    'TRANSPORT TLS: 0 of the 8 sessions that the server saw of the API',
  ],
  ['tls', null, 'TRANSPORT TLS, as asked for; the server showed no session of the API to look at'],
  [
    'tcp',
    { ...NONE, plain: 2, encrypted: 6, protocols },
    'TRANSPORT TCP, unencrypted (TLSv1.3 with TLS_AES_256_GCM_SHA384): 2 of the 8 sessions that the server saw of the API',
  ],
  ['tcp', { ...NONE, plain: 8 }, ''],
  ['tcp', null, ''],
] as const)('%s, of which was seen %o', (asked, transport, text) => {
  expect(said(asked, transport)).toBe(text);
});

test('with a pooler in between the sessions are those of that, and the API goes to it', () => {
  expect(said('socket', { ...NONE, socket: 8 }, POOLER_DEFAULTS)).toBe(
    "TRANSPORT a socket of the file system: PgBouncer's 8 sessions, as the server saw them; the API reaches PgBouncer by TCP, unencrypted",
  );
  expect(said('tls', null, POOLER_DEFAULTS)).toContain(
    'no session of PgBouncer to look at; the API',
  );
  expect(said('tcp', { ...NONE, plain: 8 }, POOLER_DEFAULTS)).toBe('');
});
