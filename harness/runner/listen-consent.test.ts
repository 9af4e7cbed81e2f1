import { expect, test } from 'vitest';
import { isInContainer, requireListenConsent } from './listen-consent.ts';

test.each(['127.0.0.1', '127.8.0.9', '::1'])('%s lets nobody else in', (address) => {
  expect(() => requireListenConsent(address, false)).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.0.2.7', '2001:db8::7', '::ffff:192.0.2.7'])(
  '%s is refused outside a container',
  (address) => {
    expect(() => requireListenConsent(address, false)).toThrow(
      expect.objectContaining({
        code: 'REFUSED_LISTEN_ADDRESS',
        exitCode: 5,
        message: expect.stringContaining(address),
      }),
    );
    expect(() => requireListenConsent(address, true)).not.toThrow();
  },
);

test('a container is told by what its engine leaves in it', () => {
  expect(isInContainer({ container: 'podman' })).toBe(true);
});
