import { expect, test } from 'vitest';
import { assertSettings, settingsFile } from './cluster-settings.ts';
import type { PostgresSettings } from './provider.ts';

const SOUND: PostgresSettings = {
  maxConnections: 30,
  superuserReservedConnections: 3,
  reservedConnections: 0,
  transport: 'tcp',
  extra: {},
};

test.each<{ what: string; change: Partial<PostgresSettings>; message: RegExp; hint: RegExp }>([
  {
    what: 'no connection at all',
    change: { maxConnections: 0 },
    message: /maxConnections is 0/,
    hint: /maxConnections a whole number from 1/,
  },
  {
    what: 'a negative number of connections',
    change: { maxConnections: -1 },
    message: /maxConnections is -1/,
    hint: /maxConnections/,
  },
  {
    what: 'half a connection',
    change: { maxConnections: 2.5 },
    message: /maxConnections is 2.5/,
    hint: /whole number/,
  },
  {
    what: 'not a number',
    change: { maxConnections: Number.NaN },
    message: /maxConnections is NaN/,
    hint: /whole number/,
  },
  {
    what: 'more than PostgreSQL can count',
    change: { maxConnections: 1e9 },
    message: /maxConnections is 1000000000/,
    hint: /to 262143/,
  },
  {
    what: 'a negative reserve',
    change: { superuserReservedConnections: -1 },
    message: /superuserReservedConnections is -1/,
    hint: /from 0/,
  },
  {
    what: 'a reserve as large as everything',
    change: { maxConnections: 3 },
    message:
      /superuserReservedConnections 3 \+ reservedConnections 0 leave nothing of maxConnections 3/,
    hint: /Raise maxConnections above 3/,
  },
  {
    what: 'two reserves that together are everything',
    change: { maxConnections: 5, reservedConnections: 2 },
    message: /reservedConnections 2 leave nothing/,
    hint: /above 5/,
  },
  {
    what: 'a setting that is the supervisor’s',
    change: { transport: 'tcp', extra: { Port: '5432' } },
    message: /Port is the lab's own/,
    hint: /a free one is chosen/,
  },
  {
    what: 'a command that the server would run',
    change: { transport: 'tcp', extra: { Archive_Command: 'touch /tmp/here' } },
    message: /Archive_Command makes the server run or reach something of its own/,
    hint: /Leave Archive_Command out/,
  },
  {
    what: 'a library from anywhere',
    change: { transport: 'tcp', extra: { shared_preload_libraries: 'auto_explain,/tmp/mine.so' } },
    message: /shared_preload_libraries names a library by its path, "auto_explain,\/tmp\/mine\.so"/,
    hint: /came with PostgreSQL/,
  },
  {
    what: 'a name that would end the line',
    change: { transport: 'tcp', extra: { 'work_mem = 1\nfsync': 'off' } },
    message: /is no name/,
    hint: /postgresql.conf/,
  },
  {
    what: 'a value that would start a new line',
    change: { transport: 'tcp', extra: { work_mem: "'4MB'\nfsync = off" } },
    message: /line break/,
    hint: /one line/,
  },
])('$what is refused: field, value, remedy', ({ change, message, hint }) => {
  expect(() => assertSettings({ ...SOUND, ...change })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    }),
  );
});

test('a library that came with PostgreSQL is no matter', () => {
  const extra = { shared_preload_libraries: 'auto_explain', constructor: 'x' };
  expect(() => assertSettings({ ...SOUND, extra })).not.toThrow();
});

test('all problems are told at once', () => {
  const settings = {
    ...SOUND,
    maxConnections: 0,
    extra: { port: '1', ssl: 'on' },
  };
  expect(() => assertSettings(settings)).toThrow(/maxConnections is 0.*port.*ssl/);
});

test('the file quotes values, and what the supervisor decides comes last', () => {
  const text = settingsFile(
    {
      ...SOUND,
      transport: 'tcp',
      extra: { application_name: "it's \\ here", shared_buffers: '64MB' },
    },
    {
      port: 5433,
      dataPath: "/var/tmp/o'neil",
      hbaPath: '/run/pg_hba.conf',
      identPath: '/run/pg_ident.conf',
      clusterName: 'pool-lab-run-1',
      certificatePath: '/run/server.crt',
      keyPath: '/run/server.key',
    },
  );
  expect(text).toContain("max_connections = '30'\n");
  expect(text).toContain("application_name = 'it''s \\\\ here'\n");
  expect(text).toContain("unix_socket_directories = '/var/tmp/o''neil'\n");
  expect(text.indexOf('shared_buffers')).toBeLessThan(text.indexOf('listen_addresses'));
  expect(text).not.toContain('fsync');
});
