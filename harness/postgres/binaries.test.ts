import { expect, test } from 'vitest';
import { assertPlatformSupported, locateBinaries } from './binaries.ts';

test.each([
  { os: 'win32', architecture: 'x64', says: 'win32-x64' },
  { os: 'freebsd', architecture: 'x64', says: 'freebsd-x64' },
  { os: 'linux', architecture: 'riscv64', says: 'linux-riscv64' },
  { os: 'linux', architecture: 'x64', says: 'musl' },
])('$os on $architecture without glibc gets one sentence: $says', ({ os, architecture, says }) => {
  expect(() => assertPlatformSupported({ os, architecture }, () => false)).toThrow(
    expect.objectContaining({
      code: 'PLATFORM_UNSUPPORTED',
      message: expect.stringContaining(says),
      hint: expect.stringContaining('WSL 2'),
    }),
  );
});

test.each([
  { os: 'linux', architecture: 'x64' },
  { os: 'linux', architecture: 'arm64' },
  { os: 'darwin', architecture: 'x64' },
  { os: 'darwin', architecture: 'arm64' },
])('$os on $architecture is supported', ({ os, architecture }) => {
  expect(() => assertPlatformSupported({ os, architecture }, () => true)).not.toThrow();
});

test('the fingerprint of an installation is the same each time it is taken', () => {
  expect(locateBinaries().fingerprint).toBe(locateBinaries().fingerprint);
});
