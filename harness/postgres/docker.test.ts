import { expect, test } from 'vitest';
import { createRedactor } from '../report/redactor.ts';
import { createDockerPostgres } from './docker.ts';
import type { PostgresSettings } from './provider.ts';
import { createRecordingCustodian } from './test/lab-parent.ts';

const SETTINGS: PostgresSettings = {
  maxConnections: 30,
  superuserReservedConnections: 3,
  reservedConnections: 0,
  transport: 'tcp',
  extra: {},
};

/** On a machine whose Docker is nowhere. */
async function start(settings: Partial<PostgresSettings>, dockerHost: string) {
  const custodian = createRecordingCustodian();
  const provider = createDockerPostgres(
    { kind: 'docker', image: 'postgres:18', version: 18 },
    {
      custodian,
      env: { DOCKER_HOST: dockerHost },
      redactor: createRedactor(),
      warn: (sentence) => expect.unreachable(sentence),
    },
  );
  const starting = provider.start({ ...SETTINGS, ...settings }, new AbortController().signal);
  const error = await starting.catch((reason: unknown) => reason);
  expect([...custodian.guarded]).toEqual([]);
  return error;
}

const NOWHERE = 'unix:///nonexistent/docker.sock';

test('without Docker it says so at once, and guards nothing', async () => {
  expect(await start({}, NOWHERE)).toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
});

test('an engine on another machine is refused before it is asked anything', async () => {
  expect(await start({}, 'tcp://build.example:2375')).toMatchObject({
    code: 'DOCKER_UNAVAILABLE',
    message: expect.stringContaining('tcp://build.example:2375'),
  });
});

test.each<Partial<PostgresSettings>>([
  { transport: 'socket' },
  { transport: 'tls' },
  { maxConnections: 3 },
  { extra: { archive_command: 'rm -rf /' } },
])('%j is refused as it stands', async (settings) => {
  expect(await start(settings, NOWHERE)).toMatchObject({ code: 'CONFIG_INVALID' });
});
