import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ServiceCommand } from '../plan/service.ts';
import { fillCommand, type ServiceFacts } from './filled-command.ts';

const FACTS: ServiceFacts = {
  port: 40_123,
  workers: 2,
  poolSize: 5,
  maxOverflow: 10,
  poolTimeoutMs: 1_500,
  database: { host: '127.0.0.1', port: 5432, user: 'ann', password: 'p@ss/w%rd', database: 'shop' },
};

const SERVICE: ServiceCommand = {
  kind: 'command',
  command: 'uvicorn app:app --port {port}',
  shell: false,
  env: {},
  passEnv: [],
  directory: null,
  readyPath: '/',
  readyTimeoutMs: 30_000,
  stopTimeoutMs: 5_000,
  metricsPath: null,
  shapeKnown: true,
};

const filled = (
  given: Partial<ServiceCommand>,
  facts: Partial<ServiceFacts> = {},
  env: Record<string, string> = {},
) => fillCommand({ ...SERVICE, ...given }, { ...FACTS, ...facts }, env);

test('placeholders are filled in, in the command and in variables', () => {
  const { program, args, environment, shown } = filled({
    command: 'gunicorn -w {workers} -b 127.0.0.1:{port} "my app"',
    env: {
      SIZE: '{poolSize}+{maxOverflow}={poolTotal}',
      WAIT: '{poolTimeoutMs} ms, {poolTimeoutSeconds} s',
      WHERE: '{databaseUser}@{databaseHost}:{databasePort}/{databaseName} {databasePassword}',
      JSON: '{"a": {}}',
    },
  });
  expect([program, ...args]).toEqual(['gunicorn', '-w', '2', '-b', '127.0.0.1:40123', 'my app']);
  expect(shown).toBe("gunicorn -w 2 -b 127.0.0.1:40123 'my app'");
  expect(environment).toMatchObject({
    SIZE: '5+10=15',
    WAIT: '1500 ms, 1.5 s',
    WHERE: 'ann@127.0.0.1:5432/shop p@ss/w%rd',
    JSON: '{"a": {}}',
    DATABASE_URL: 'postgresql://ann:p%40ss%2Fw%25rd@127.0.0.1:5432/shop',
  });
});

test('what is shown can be pasted into a shell', () => {
  const { args, shown } = filled({ command: `say "it's on {port}" '' plain` });
  expect(args).toEqual(["it's on 40123", '', 'plain']);
  expect(shown).toBe(`say 'it'\\''s on 40123' '' plain`);
});

test('a value never becomes two words, or part of another', () => {
  const anything = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(anything, anything, (database, user) => {
      const { program, args } = filled(
        { command: 'run {databaseName} --user={databaseUser} end' },
        { database: { ...FACTS.database, database, user } },
      );
      expect([program, ...args]).toEqual(['run', database, `--user=${user}`, 'end']);
    }),
  );
});

test('with a shell the command is its own, and a value that it would take apart is refused', () => {
  const { program, args } = filled({ command: 'cd app && exec node . {port} $HOME', shell: true });
  expect([program, ...args]).toEqual(['sh', '-c', 'cd app && exec node . 40123 $HOME']);
  const anything = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(anything, (user) => {
      const database = { ...FACTS.database, user };
      const line = () => filled({ command: '"{databaseUser}"', shell: true }, { database }).args[1];
      if (/^[\w./:@%+,=-]+$/.test(user)) expect(line()).toBe(`"${user}"`);
      else expect(line).toThrow(/would take apart/);
    }),
  );
});

test.each([
  ['node a.js && node b.js', 'needs a shell for &&'],
  ['node a.js > log', 'needs a shell for >'],
  ['node $APP', 'needs a shell for $APP'],
])('without one, %s is refused', (command, problem) => {
  expect(() => filled({ command })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(problem),
      hint: expect.stringContaining('--shell'),
    }),
  );
});

test.each(['{databaseUrl}', '{databasePassword}'])('%s is no word of a command', (secret) => {
  for (const shell of [false, true]) {
    expect(() => filled({ command: `run ${secret}`, shell })).toThrow(/arguments of a process/);
  }
});

test('an unlimited pool has no one number', () => {
  const env = { MAX: '{poolTotal}' };
  expect(() => filled({ env }, { maxOverflow: -1 })).toThrow(/unlimited/);
  expect(() => filled({ env }, { poolSize: 0 })).toThrow(/unlimited/);
});

test('it has the environment of the lab, and nothing that is about the lab', () => {
  const lab = {
    PATH: '/bin',
    VIRTUAL_ENV: '/venv',
    POOL_LAB_WORKERS: '4',
    PGPASSWORD: 'other',
    PGHOST: 'elsewhere',
    NODE_OPTIONS: '--inspect',
    NODE_CHANNEL_FD: '3',
    npm_package_name: 'pool-lab',
    DATABASE_URL: 'postgres://somebody:else@elsewhere/db',
  };
  const { environment, marker } = filled({ env: { EXTRA: 'yes', PGSSLMODE: 'disable' } }, {}, lab);
  expect(environment).toEqual({
    PATH: '/bin',
    VIRTUAL_ENV: '/venv',
    EXTRA: 'yes',
    PGSSLMODE: 'disable',
    DATABASE_URL: 'postgresql://ann:p%40ss%2Fw%25rd@127.0.0.1:5432/shop',
    POOL_LAB_SERVICE: marker,
  });
  expect(filled({}).marker).not.toBe(marker);
});

test('a variable is handed on by its name, whatever it begins with', () => {
  const passEnv = ['API_KEY', 'PGAPPNAME'];
  const { environment } = filled({ passEnv }, {}, { API_KEY: 'k', PGAPPNAME: 'shop' });
  expect(environment).toMatchObject({ API_KEY: 'k', PGAPPNAME: 'shop' });
});

test('one that is not set is named', () => {
  expect(() => filled({ passEnv: ['API_KEY', 'HOME', 'TOKEN'] }, {}, { HOME: '/' })).toThrow(
    /API_KEY, TOKEN hands on what is not set/,
  );
  expect(() => filled({ passEnv: ['API_KEY'] })).toThrow(/API_KEY hands on what is not set/);
});

test('DATABASE_URL may be given another form', () => {
  const env = { DATABASE_URL: 'jdbc:postgresql://{databaseHost}:{databasePort}/{databaseName}' };
  expect(filled({ env }).environment['DATABASE_URL']).toBe('jdbc:postgresql://127.0.0.1:5432/shop');
});
