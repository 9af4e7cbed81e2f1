import { createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import type { ContainerAsked } from '../plan/database-asked.ts';
import { createRedactor } from '../report/redactor.ts';
import { readTreeCpuMs } from '../runner/process-cpu.ts';
import { startWatchdog } from '../runner/watchdog.ts';
import { optional } from '../test/optional.ts';
import { clientOptions } from './client-options.ts';
import { listContainers, removeContainers } from './container-removal.ts';
import { createDockerPostgres } from './docker.ts';
import { askDocker } from './docker-api.ts';
import type { PostgresSettings } from './provider.ts';
import { detectDockerImage } from './test/docker-image.ts';

const docker = await optional('docker', () => detectDockerImage(process.env));

const SETTINGS: PostgresSettings = {
  maxConnections: 12,
  superuserReservedConnections: 2,
  reservedConnections: 0,
  transport: 'tcp',
  extra: { work_mem: '7MB' },
};

/** A provider, and what it did to be looked at. */
async function withProvider(
  use: (given: {
    readonly start: ReturnType<typeof createDockerPostgres>['start'];
    /** Label of the container it guarded last. */
    readonly lab: () => string;
    readonly said: readonly string[];
  }) => Promise<void>,
  { image = docker.get().image, version = null }: Partial<ContainerAsked> = {},
): Promise<void> {
  const watchdog = startWatchdog();
  const labs: string[] = [];
  const said: string[] = [];
  const provider = createDockerPostgres(
    { kind: 'docker', image, version },
    {
      custodian: {
        guard(resource) {
          if (resource.kind === 'container') labs.push(resource.lab);
          return watchdog.guard(resource);
        },
      },
      env: process.env,
      redactor: createRedactor(),
      warn: (sentence) => said.push(sentence),
    },
  );
  try {
    await use({ start: provider.start, lab: () => labs.at(-1) ?? 'none', said });
  } finally {
    await watchdog.close();
  }
}

const inspectionSchema = z.object({
  Config: z.object({ Env: z.array(z.string()) }),
  HostConfig: z.object({ AutoRemove: z.boolean() }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() }))),
  }),
});

async function inspect(lab: string) {
  const { socketPath } = docker.get();
  const [id = 'none'] = await listContainers({ socketPath, lab });
  const { text } = await askDocker(socketPath, { method: 'GET', path: `/containers/${id}/json` });
  return inspectionSchema.parse(JSON.parse(text));
}

docker.test(
  'the container has the settings, one port on loopback, and no password that works',
  async () => {
    await withProvider(async ({ start, lab }) => {
      const postgres = await start(SETTINGS, new AbortController().signal);
      try {
        const { Config, HostConfig, NetworkSettings } = await inspect(lab());
        expect(HostConfig.AutoRemove).toBe(true);
        expect(NetworkSettings.Ports).toEqual({
          '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: String(postgres.superuser.port) }],
        });
        const shown = Config.Env.find((line) => line.startsWith('POSTGRES_PASSWORD='));
        const password = shown?.slice('POSTGRES_PASSWORD='.length) ?? '';
        expect(password.length).toBeGreaterThan(20);
        const intruder = new Client(clientOptions({ ...postgres.superuser, password }));
        await expect(intruder.connect()).rejects.toMatchObject({ code: '28P01' });

        expect(postgres.capabilities).toMatchObject({ setsSettings: true, isOwn: true });
        const client = new Client(clientOptions(postgres.api));
        await client.connect();
        const { rows } = await client.query(
          `SELECT current_setting('max_connections') AS slots,
                current_setting('superuser_reserved_connections') AS kept,
                current_setting('work_mem') AS work_mem,
                current_setting('server_encoding') AS encoding,
                current_setting('is_superuser') AS superuser`,
        );
        await client.end();
        expect(rows).toEqual([
          { slots: '12', kept: '2', work_mem: '7MB', encoding: 'UTF8', superuser: 'off' },
        ]);
        const crowd = Array.from({ length: 12 }, () => new Client(clientOptions(postgres.api)));
        const connected = await Promise.allSettled(crowd.map((one) => one.connect()));
        await Promise.allSettled(crowd.map((one) => one.end()));
        const refused = connected.filter(({ status }) => status === 'rejected').length;
        expect(refused).toBeGreaterThanOrEqual(2);
        await vi.waitFor(() => expect(postgres.refusals?.()).toBe(refused), 5_000);
        if (process.platform === 'linux') {
          expect(postgres.capabilities.showsProcesses).toBe(true);
          expect(readTreeCpuMs(postgres.postmasterPid ?? 0)).toBeGreaterThan(0);
        }
      } finally {
        await postgres.stop();
      }
      expect(await listContainers({ ...docker.get(), lab: lab() })).toEqual([]);
    });
  },
);

docker.test('one that somebody else ends is told with its last lines', async () => {
  await withProvider(async ({ start, lab }) => {
    const postgres = await start(SETTINGS, new AbortController().signal);
    await removeContainers({ ...docker.get(), lab: lab() });
    const { lastLines } = await postgres.died;
    expect(lastLines.join('\n')).toContain('ready to accept connections');
    await postgres.stop();
  });
});

docker.test('a setting that it refuses is the error, and the container is gone', async () => {
  await withProvider(async ({ start, lab }) => {
    const starting = start(
      { ...SETTINGS, extra: { work_mam: '7MB' } },
      new AbortController().signal,
    );
    await expect(starting).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/work_mam/),
    });
    expect(await listContainers({ ...docker.get(), lab: lab() })).toEqual([]);
  });
});

docker.test(
  'an image that has another version than was asked for is refused, and gone',
  async () => {
    await withProvider(
      async ({ start, lab }) => {
        await expect(start(SETTINGS, new AbortController().signal)).rejects.toMatchObject({
          code: 'CONFIG_INVALID',
          message: expect.stringMatching(/asks for PostgreSQL 99, and the image .* has \d+/),
        });
        expect(await listContainers({ ...docker.get(), lab: lab() })).toEqual([]);
      },
      { version: 99 },
    );
  },
);

docker.test('stopped while it starts it leaves nothing', async () => {
  await withProvider(async ({ start, lab }) => {
    const stopping = new AbortController();
    const starting = start(SETTINGS, stopping.signal).catch((error: unknown) => error);
    const { socketPath } = docker.get();
    await expect.poll(() => listContainers({ socketPath, lab: lab() })).toHaveLength(1);
    stopping.abort(new DOMException('stopped by SIGINT', 'AbortError'));
    expect(await starting).toBe(stopping.signal.reason);
    expect(await listContainers({ socketPath, lab: lab() })).toEqual([]);
  });
});

docker.test('an image that is nowhere is told with the engine’s own words', async () => {
  // A registry at a port that nobody listens on: no network is needed to learn that.
  const image = 'localhost:1/pool-lab/none:1';
  await withProvider(
    async ({ start, said, lab }) => {
      const starting = start(SETTINGS, new AbortController().signal);
      await expect(starting).rejects.toMatchObject({
        code: 'IMAGE_UNAVAILABLE',
        message: expect.stringMatching(
          /localhost:1\/pool-lab\/none:1 .*cannot be pulled: .*refused/,
        ),
        hint: expect.stringContaining(`docker pull ${image}`),
      });
      expect(said).toEqual([`pulling ${image} …`]);
      expect(lab()).toBe('none');
    },
    { image },
  );
});

docker.test('stopped while it pulls it does not wait for the registry', async () => {
  // Accepts, and never says a word.
  const sockets = new Set<Socket>();
  const registry = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const address = registry.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await withProvider(
      async ({ start, said }) => {
        const stopping = new AbortController();
        const starting = start(SETTINGS, stopping.signal).catch((error: unknown) => error);
        await expect.poll(() => sockets.size).toBeGreaterThan(0);
        stopping.abort(new DOMException('stopped by SIGINT', 'AbortError'));
        expect(await starting).toBe(stopping.signal.reason);
        expect(said).toEqual([`pulling localhost:${port}/pool-lab/none:1 …`]);
      },
      { image: `localhost:${port}/pool-lab/none:1` },
    );
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => registry.close(resolve));
  }
});
