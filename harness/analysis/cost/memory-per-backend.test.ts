import { expect, test } from 'vitest';
import { memoryPerBackend, type ProcessMemory } from './memory-per-backend.ts';

const MB = 1e6;
const of = (pssMb: number): ProcessMemory => ({
  ...{ pssBytes: pssMb * MB, rssBytes: 2 * pssMb * MB },
  ...{ privateBytes: pssMb * MB, pageTableBytes: 0 },
});

test('what all share goes away in the difference', () => {
  // 20 MB are shared by all, each session has 2 MB of its own.
  // The server's other processes share some of it, and get smaller by half a MB with each one more.
  const few = { backends: 10, ofBackends: of(20 + 10 * 2), ofServer: of(60 + 10 * 1.5) };
  const many = { backends: 50, ofBackends: of(20 + 50 * 2), ofServer: of(60 + 50 * 1.5) };
  expect(memoryPerBackend(few, many)).toEqual({
    ...{ pssBytes: 2 * MB, serverPssBytes: 1.5 * MB, rssBytes: 4 * MB },
    ...{ privateBytes: 2 * MB, pageTableBytes: 0 },
  });
});

test('one more than none is asked for', () => {
  const same = { backends: 10, ofBackends: of(1), ofServer: of(1) };
  expect(() => memoryPerBackend(same, same)).toThrow(/10 to 10/);
});
