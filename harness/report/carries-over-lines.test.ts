import { expect, test } from 'vitest';
import { carriesOverLines, networkOfBoth } from './carries-over-lines.ts';
import { sampleTrial } from './test/sample-trial.ts';

test('what a network does is unknown in general, or beyond being long where the trial had one', () => {
  const { environment } = sampleTrial();
  const unknown = (rttMs: number) =>
    carriesOverLines(environment, { rttMs }).find(({ label }) => label === 'UNKNOWN')?.text;
  expect(unknown(0)).toMatch(/^another network, data/);
  expect(unknown(20)).toMatch(/^what a network does beyond being long \(loss, slow start\), data/);
});

test('what encryption costs is said to hold here alone, and a socket to be no network', () => {
  const { environment } = sampleTrial();
  const lines = (transport: 'tcp' | 'tls' | 'socket') =>
    carriesOverLines(environment, { rttMs: 0, transport }).map(({ text }) => text);
  expect(lines('tls')[1]).toContain(
    'what encryption costs (here both its ends were on these cores)',
  );
  expect(lines('tcp')[1]).not.toContain('encryption');
  expect(lines('socket')[2]).toMatch(/^any network \(here it was a socket\), data/);
});

test('of two that are compared, the encryption and the distance of either count, and a socket of both', () => {
  const [far, encrypted, socket] = [
    { rttMs: 20 },
    { rttMs: 0, transport: 'tls' },
    { rttMs: 0, transport: 'socket' },
  ] as const;
  expect(networkOfBoth(far, encrypted)).toEqual({ rttMs: 20, transport: 'tls' });
  expect(networkOfBoth(encrypted, socket)).toEqual({ rttMs: 0, transport: 'tls' });
  expect(networkOfBoth(socket, socket)).toEqual(socket);
  expect(networkOfBoth(socket, { rttMs: 0 })).toEqual({ rttMs: 0, transport: 'tcp' });
});

test.each([
  ['embedded', 'on 2 cores shared by all'],
  ['docker', 'in a container, on 2 cores shared by all'],
  ['url', 'run by somebody else; 2 cores for what ran here'],
] as const)('PostgreSQL that is %s: %s', (provider, words) => {
  const { environment } = sampleTrial();
  const postgres = { ...environment.postgres, provider };
  const lines = carriesOverLines({ postgres, cores: 2 });
  expect(lines.find(({ label }) => label === 'UNKNOWN')?.text).toContain(words);
});

test('without a database in sight there is no arithmetic that could carry over', () => {
  const lines = carriesOverLines({ postgres: null, cores: 2 }).map(({ text }) => text);
  expect(lines[0]).toBe('the classes of errors');
  expect(lines[2]).toContain('a database that was not in sight');
});
