import { expect, test } from 'vitest';
import { requireTargetConsent } from './target-consent.ts';

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  '127.0.0.1': ['127.0.0.1'],
  '::1': ['::1'],
  api: ['172.18.0.3'],
  // A name that stands for this machine and for another is another.
  both: ['127.0.0.1', '192.0.2.1'],
  'shop.test': ['127.0.0.9'],
  'shop6.test': ['::1'],
};
const lookupAll = async (host: string) =>
  (KNOWN[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

test.each<[url: string, adminUrl: string, ownHost: string | null, allowed: boolean]>([
  ['http://localhost:1', 'http://127.0.0.1:2', null, true],
  ['http://[::1]:1', 'http://localhost:2', null, true],
  ['http://api:1', 'http://api:2', 'api', true],
  ['http://localhost:1', 'http://api:2', 'api', true],
  ['http://api:1', 'http://api:2', null, false],
  ['http://api:1', 'http://localhost:2', null, false],
  ['http://localhost:1', 'http://api:2', null, false],
  ['http://api:1', 'http://both:2', 'api', false],
  ['http://both:1', 'http://localhost:2', null, false],
  ['http://api:1', 'http://api:2', 'ap', false],
  ['http://unknown:1', 'http://localhost:2', null, false],
])('%s with %s, owning %s: allowed is %s', async (url, adminUrl, ownHost, allowed) => {
  const asked = requireTargetConsent({ kind: 'api', url, adminUrl, ownHost, given: [] }, lookupAll);
  if (allowed) await expect(asked).resolves.toEqual({ origin: url, host: null });
  else await expect(asked).rejects.toMatchObject({ code: 'REFUSED_TARGET', exitCode: 5 });
});

test.each<[url: string, ownHost: string | null, allowed: boolean]>([
  ['http://localhost:1', null, true],
  ['http://api:1', null, false],
  ['http://api:1', 'api', true],
])('a service at %s, owning %s: allowed is %s', async (url, ownHost, allowed) => {
  const target = { kind: 'service', url, ownHost, databaseInSight: false } as const;
  const asked = requireTargetConsent(target, lookupAll);
  if (allowed) await expect(asked).resolves.toEqual({ origin: url, host: null });
  else await expect(asked).rejects.toMatchObject({ code: 'REFUSED_TARGET' });
});

test.each([
  ['http://shop.test:8080', { origin: 'http://127.0.0.9:8080', host: 'shop.test:8080' }],
  ['http://shop.test', { origin: 'http://127.0.0.9', host: 'shop.test' }],
  ['http://shop6.test:8080', { origin: 'http://[::1]:8080', host: 'shop6.test:8080' }],
  ['http://localhost:8080', { origin: 'http://localhost:8080', host: null }],
])('%s is connected to where it was judged, under its own name', async (url, judged) => {
  const target = { kind: 'service', url, ownHost: null, databaseInSight: false } as const;
  await expect(requireTargetConsent(target, lookupAll)).resolves.toEqual(judged);
});

test('a host that somebody stands for is looked up by whoever connects', async () => {
  const url = 'http://shop.test:8080';
  const target = { kind: 'service', url, ownHost: 'shop.test', databaseInSight: false } as const;
  await expect(requireTargetConsent(target, lookupAll)).resolves.toEqual({
    origin: url,
    host: null,
  });
});
