import { expect, test } from 'vitest';
import { explainStartFailure } from './start-failure.ts';

/** Lines as PostgreSQL 18, glibc and dyld print them. */
test.each([
  {
    line: 'postgres: error while loading shared libraries: libicuuc.so.60: cannot open shared object file: No such file or directory',
    code: 'LIBRARY_MISSING',
    hint: /pool-lab clean/,
  },
  {
    line: 'dyld[123]: Library not loaded: @loader_path/../lib/libicuuc.68.dylib',
    code: 'LIBRARY_MISSING',
    hint: /pool-lab clean/,
  },
  {
    line: "postgres: /lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.29' not found (required by postgres)",
    code: 'LIBRARY_MISSING',
    hint: /Install/,
  },
  {
    line: 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
    code: 'PORT_IN_USE',
    hint: /free port/,
  },
  {
    line: 'FATAL:  could not write lock file "postmaster.pid": No space left on device',
    code: 'DISK_FULL',
    hint: /500 MB/,
  },
  {
    line: 'FATAL:  could not create semaphores: No space left on device',
    code: 'POSTGRES_START_FAILED',
    hint: /Lower maxConnections/,
  },
  {
    line: 'FATAL:  could not map anonymous shared memory: Cannot allocate memory',
    code: 'POSTGRES_START_FAILED',
    hint: /Lower maxConnections/,
  },
  {
    line: 'FATAL:  insufficient file descriptors available to start server process',
    code: 'TOO_FEW_FILE_DESCRIPTORS',
    hint: /ulimit -n/,
  },
  {
    line: 'LOG:  unrecognized configuration parameter "shared_bufers" in file "postgresql.conf" line 9',
    code: 'CONFIG_INVALID',
    hint: /postgresql.conf/,
  },
])('$code: $line', ({ line, code, hint }) => {
  const error = explainStartFailure({
    summary: 'PostgreSQL did not start',
    ending: 'exit code 1',
    lastLines: ['LOG:  starting PostgreSQL 18.4', line],
  });
  expect(error.code).toBe(code);
  expect(error.message).toContain(line);
  expect(error.hint).toMatch(hint);
});

test('an unknown failure shows the server’s last lines and how it ended', () => {
  const error = explainStartFailure({
    summary: 'PostgreSQL did not start',
    ending: 'ended by SIGSEGV',
    lastLines: ['PANIC:  something new'],
  });
  expect(error.code).toBe('POSTGRES_START_FAILED');
  expect(error.message).toMatch(/ended by SIGSEGV[\s\S]*PANIC: {2}something new/);
});

test('a server that said nothing is told to have said nothing', () => {
  const error = explainStartFailure({
    summary: 'It failed',
    ending: 'exit code 127',
    lastLines: [],
  });
  expect(error.message).toBe('It failed (exit code 127). It said nothing.');
});

test('a program that may not be executed where it lies', () => {
  const ending = 'spawn /mnt/pool-lab-0/postgres EACCES';
  const error = explainStartFailure({ summary: 'It failed', ending, lastLines: [] });
  expect(error).toMatchObject({
    code: 'DIRECTORY_UNUSABLE',
    hint: expect.stringMatching(/noexec/),
  });
});
