import { expect, test } from 'vitest';
import {
  parseOpenFilesLimit,
  readOpenFilesLimit,
  requireFileDescriptors,
} from './file-descriptor-limit.ts';

const limits = (soft: string): string =>
  [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             63432                63432                processes ',
    `Max open files            ${soft.padEnd(21)}20000                files     `,
    '',
  ].join('\n');

test('the soft limit is read', () => {
  expect(parseOpenFilesLimit(limits('1024'))).toBe(1024);
  expect(parseOpenFilesLimit(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY);
  expect(parseOpenFilesLimit('something else')).toBeNull();
});

test('a system without /proc has no limit to tell', async () => {
  expect(await readOpenFilesLimit('/there/is/no/such/file')).toBeNull();
});

test('connections are refused when they and the margin exceed the limit', () => {
  expect(() =>
    requireFileDescriptors({ connections: 961, threads: 1, openFilesLimit: 1024 }),
  ).toThrow(
    expect.objectContaining({
      code: 'TOO_FEW_FILE_DESCRIPTORS',
      exitCode: 3,
      message: expect.stringContaining('connections 961 needs 1025 file descriptors'),
      hint: expect.stringContaining('ulimit -n 1025'),
    }),
  );
});

test('each further generator thread needs some of its own', () => {
  expect(() =>
    requireFileDescriptors({ connections: 931, threads: 4, openFilesLimit: 1024 }),
  ).toThrow('connections 931 needs 1025 file descriptors (94 for the load process itself)');
});

test.each([
  { connections: 960, threads: 1, openFilesLimit: 1024 },
  { connections: 930, threads: 4, openFilesLimit: 1024 },
  { connections: 10_000, threads: 64, openFilesLimit: null },
  { connections: 10_000, threads: 64, openFilesLimit: Number.POSITIVE_INFINITY },
])(
  '$connections connections of $threads threads are fine with a limit of $openFilesLimit',
  (demand) => {
    expect(() => requireFileDescriptors(demand)).not.toThrow();
  },
);
