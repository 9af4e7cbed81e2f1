import { expect, test } from 'vitest';
import { notAnswering } from './not-ready.ts';

test.each([
  [
    [{ address: '192.0.2.7', port: 40_123 }],
    'listens on 192.0.2.7:40123, not on 127.0.0.1',
    'Have it',
  ],
  [[{ address: '::1', port: 40_123 }], 'listens on [::1]:40123, not on 127.0.0.1', 'Have it'],
  [
    [{ address: '127.0.0.1', port: 40_123 }],
    'had only just begun to listen on 40123, after 0.3 s',
    '--ready-timeout',
  ],
  [
    [{ address: '::', port: 40_123 }],
    'had only just begun to listen on 40123, after 0.3 s',
    '--ready-timeout',
  ],
])(
  'whoever listens on %j and was not there yet when last asked is told so',
  (listeners, problem, remedy) => {
    const { message, hint } = notAnswering({
      answer: { kind: 'refused' },
      listeners,
      port: 40_123,
      usesPort: true,
      path: '/',
      waitedMs: 300,
      lines: [],
      shown: 'x',
    });
    expect(message).toBe(`the service ${problem}`);
    expect(hint).toContain(remedy);
  },
);

test.each([
  [401, /asks for no log-in/],
  [403, /asks for no log-in/],
  [404, /below 400 .* more time/],
])('a ready path that answers %i is to be another one', (status, remedy) => {
  const { message, hint } = notAnswering({
    answer: { kind: 'status', status },
    listeners: [],
    port: 40_123,
    usesPort: true,
    path: '/',
    waitedMs: 300,
    lines: [],
    shown: 'x',
  });
  expect(message).toBe(`the service answers / with status ${status}, for 0.3 s`);
  expect(hint).toMatch(remedy);
});
