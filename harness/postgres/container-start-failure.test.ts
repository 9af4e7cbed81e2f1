import { expect, test } from 'vitest';
import { explainContainerFailure, explainSilence } from './container-start-failure.ts';

const image = 'postgres:15';
const ending = 'exit code 1';

test.each([
  [
    'an older one and --reserved',
    ['FATAL:  unrecognized configuration parameter "reserved_connections"'],
    { code: 'CONFIG_INVALID', hint: 'leave --reserved out, or take a newer image' },
  ],
  [
    'a setting it does not have',
    ['FATAL:  unrecognized configuration parameter "io_method"'],
    { code: 'CONFIG_INVALID', hint: expect.stringContaining('Correct the setting') },
  ],
  [
    'too much memory',
    ['FATAL:  could not map anonymous shared memory: Cannot allocate memory'],
    { code: 'POSTGRES_START_FAILED', hint: expect.stringContaining('shared_buffers') },
  ],
  [
    'a full disk',
    ['initdb: error: could not create directory: No space left on device'],
    { code: 'DISK_FULL', hint: expect.any(String) },
  ],
  [
    'no image of PostgreSQL',
    ['usage: hello [-h]'],
    { code: 'POSTGRES_START_FAILED', hint: expect.stringContaining('contract of the official') },
  ],
])('%s: the remedy is told', (_what, lastLines, expected) => {
  expect(explainContainerFailure({ image, ending, lastLines })).toMatchObject(expected);
});

test('the last lines stand in the message, with the image and how it ended', () => {
  const { message } = explainContainerFailure({ image, ending, lastLines: ['PANIC:  it'] });
  expect(message).toBe(
    'PostgreSQL in a container of postgres:15 did not start (exit code 1). Its last lines:\n  PANIC:  it',
  );
});

test('one that runs and is not reached is another matter than one that is not ready', () => {
  const silence = (line: string) =>
    explainSilence({ image, waitedMs: 60_000, lastLines: [line] }).hint;
  expect(silence('LOG:  database system is ready to accept connections')).toContain('firewall');
  expect(silence('running bootstrap script ...')).not.toContain('firewall');
});
