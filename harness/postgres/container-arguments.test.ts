import { expect, test } from 'vitest';
import { containerArguments } from './container-arguments.ts';

const SETTINGS = {
  maxConnections: 30,
  superuserReservedConnections: 3,
  reservedConnections: 0,
  transport: 'tcp',
  extra: {},
} as const;

/** As PostgreSQL reads them: of two of one name the later counts. */
function settingsIn(words: readonly string[]): Readonly<Record<string, string>> {
  const [program, ...rest] = words;
  expect(program).toBe('postgres');
  return Object.fromEntries(
    rest.flatMap((word) => (word === '-c' ? [] : [word.split(/=(.*)/s).slice(0, 2)])),
  );
}

test('a setting of PostgreSQL 16 is not given to an older one that was not asked for any', () => {
  expect(settingsIn(containerArguments(SETTINGS))).toEqual({
    max_connections: '30',
    superuser_reserved_connections: '3',
    logging_collector: 'off',
    log_destination: 'stderr',
    ssl: 'off',
  });
  expect(settingsIn(containerArguments({ ...SETTINGS, reservedConnections: 2 }))).toMatchObject({
    reserved_connections: '2',
  });
});

test('further settings are words of their own, however they are written', () => {
  const extra = {
    shared_buffers: '256MB',
    'auto_explain.log_analyze': 'on',
    search_path: `a = 'b'`,
  };
  expect(settingsIn(containerArguments({ ...SETTINGS, extra }))).toMatchObject(extra);
});
