import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { runCommand } from '../../../harness/commands/run.ts';
import { upCommand } from '../../../harness/commands/up.ts';
import {
  type OptionTable,
  type RawFlags,
  readOptions,
} from '../../../harness/plan/option-table.ts';
import { parseTrialPlan } from '../../../harness/plan/parse-trial-plan.ts';
import { PLAN_OPTIONS } from '../../../harness/plan/run-options.ts';
import { ADMIN_PATHS } from '../../../server/contract.ts';
import { parseYaml } from '../../yaml/yaml-document.ts';
import { type ComposeService, fileVariables, interpolated, services } from './compose-file.ts';
import { PROJECT } from './project-paths.ts';
import { publishedPort } from './published-port.ts';

/* What the file says about this project, held against the project. */

const set = { POOL_LAB_POSTGRES_PASSWORD: 'secret' };
const api = filledIn('api');
const harness = filledIn('harness');

test.each([
  { name: 'api', service: api, command: upCommand },
  { name: 'harness', service: harness, command: runCommand },
])('$name is started with settings that its command knows and accepts', ({ service, command }) => {
  const [word, ...line] = service.command ?? [];
  expect(word).toBe(command.name);
  const flags = flagsOf(line, command.options);
  const env = service.environment ?? {};
  expect(readOptions(command.options, { flags, env }).problems).toEqual([]);
  // Among them a variable that nobody knows, and one that changes nothing.
  expect(parseTrialPlan({ flags, env, command: command.name }).warnings).toEqual([]);
});

test.each([
  ['POOL_LAB_WORKERS', PLAN_OPTIONS.workers],
  ['POOL_LAB_POOL_SIZE', PLAN_OPTIONS.poolSize],
  ['POOL_LAB_MAX_OVERFLOW', PLAN_OPTIONS.maxOverflow],
  ['POOL_LAB_SUPERUSER_RESERVED', PLAN_OPTIONS.superuserReserved],
  ['POOL_LAB_POOL_TIMEOUT', PLAN_OPTIONS.poolTimeout],
] as const)('%s is by default what the lab has without the stack', (name, option) => {
  const [use] = fileVariables.filter((it) => it.name === name);
  expect(use?.rest).toBe(option.parser.print(option.defaultValue));
  expect(option.env).toBe(name);
});

test('Prometheus finds the API and the harness where they listen, and is let in', () => {
  const config = z
    .object({
      scrape_configs: z.array(
        z.object({
          job_name: z.string(),
          static_configs: z.array(z.object({ targets: z.array(z.string()) })),
        }),
      ),
    })
    .parse(parseYaml(read('dashboards/prometheus/prometheus.yml')));
  const targets = Object.fromEntries(
    config.scrape_configs.map((it) => [
      it.job_name,
      it.static_configs.flatMap((one) => one.targets),
    ]),
  );
  const apiFlags = flagsOf(api.command?.slice(1) ?? [], upCommand.options);
  expect(targets).toEqual({
    'pool-lab-api': [`api:${apiFlags['adminPort']}`],
    'pool-lab-harness': [`harness:${harness.environment?.['POOL_LAB_METRICS_PORT']}`],
  });
  expect(apiFlags['allowedHost']).toEqual(expect.arrayContaining(targets['pool-lab-api'] ?? []));
  expect(harness.environment?.['POOL_LAB_ALLOWED_HOST']?.split(' ')).toEqual(
    expect.arrayContaining(targets['pool-lab-harness'] ?? []),
  );
});

test('Grafana finds its dashboard and its Prometheus where they are', () => {
  const { providers } = z
    .object({ providers: z.array(z.object({ options: z.object({ path: z.string() }) })) })
    .parse(parseYaml(read('dashboards/grafana/provisioning/dashboards/pool-lab.yml')));
  const grafana = filledIn('grafana');
  const [file] = (grafana.volumes ?? []).flatMap((volume) => {
    const [source, target = ''] = volume.split(':');
    return source?.endsWith('.json') ? [target] : [];
  });
  expect(providers.map(({ options }) => options.path)).toEqual([posix.dirname(file ?? '')]);
  expect(grafana.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(file);

  const { datasources } = z
    .object({ datasources: z.array(z.object({ url: z.string() })) })
    .parse(parseYaml(read('dashboards/grafana/provisioning/datasources/prometheus.yml')));
  const [port] = (services['prometheus']?.ports ?? []).map(publishedPort);
  expect(datasources).toMatchObject([{ url: `http://prometheus:${port?.containerPort}` }]);
});

test('the rules that Prometheus is told to read are mounted beside its configuration', () => {
  const { rule_files: names } = z
    .object({ rule_files: z.array(z.string()) })
    .parse(parseYaml(read('dashboards/prometheus/prometheus.yml')));
  const mounted = (services['prometheus']?.volumes ?? []).map((volume) => volume.split(':')[1]);
  for (const name of names) expect(mounted).toContain(`/etc/prometheus/${name}`);
});

test('PgBouncer listens where it is published and looked for, before the composed database', () => {
  const ini = read('dashboards/compose/pgbouncer.ini');
  const [port] = (services['pgbouncer']?.ports ?? []).map(publishedPort);
  expect(ini).toMatch(new RegExp(`^listen_port = ${port?.containerPort}$`, 'm'));
  expect(services['pgbouncer']?.healthcheck?.test).toContain(`--port=${port?.containerPort}`);
  expect(read('.env.example')).toContain(`pgbouncer:${port?.containerPort}`);
  expect(ini).toMatch(/^pool_lab = host=postgres port=5432 dbname=pool_lab$/m);
  expect(services['postgres']?.environment?.['POSTGRES_DB']).toBe('pool_lab');
});

test('PgBouncer shares connections between transactions, and tells who owns the database of its queue', () => {
  const ini = read('dashboards/compose/pgbouncer.ini');
  const owner = services['postgres']?.environment?.['POSTGRES_USER'];
  expect(ini).toMatch(/^pool_mode = transaction$/m);
  expect(ini).toMatch(new RegExp(`^auth_user = ${owner}$`, 'm'));
  expect(/^stats_users = (.*)$/m.exec(ini)?.[1]?.split(', ')).toContain(owner);
});

test('the API is healthy once it is ready, and the harness while it can be scraped', () => {
  const check = (service: ComposeService) => service.healthcheck?.test.join(' ') ?? '';
  const { adminPort } = flagsOf(api.command?.slice(1) ?? [], upCommand.options);
  expect(check(api)).toContain(`'http://localhost:${adminPort}${ADMIN_PATHS.ready}'`);
  const port = harness.environment?.['POOL_LAB_METRICS_PORT'];
  expect(check(harness)).toContain(`'http://localhost:${port}${ADMIN_PATHS.metrics}'`);
});

test('the API and the default load share the database with each other', () => {
  for (const [{ command = [] }, { options }] of [
    [api, upCommand],
    [harness, runCommand],
  ] as const) {
    expect(flagsOf(command.slice(1), options)).toMatchObject({ sharedDbOk: true });
  }
});

test('the API and the harness answer to the names by which their ports are published', () => {
  const moved = { POOL_LAB_ADMIN_PORT: '19464', POOL_LAB_METRICS_PORT: '19465' };
  const apiLine = filledIn('api', moved).command?.slice(1) ?? [];
  expect(flagsOf(apiLine, upCommand.options)['allowedHost']).toEqual([
    'api:9464',
    'localhost:19464',
    '127.0.0.1:19464',
  ]);
  expect(filledIn('harness', moved).environment?.['POOL_LAB_ALLOWED_HOST']).toBe(
    'harness:9465 localhost:19465 127.0.0.1:19465',
  );
});

test.each([['api', api, ['port', 'adminPort']]] as const)(
  '%s publishes the ports that it listens on',
  (name, service, options) => {
    const flags = flagsOf(service.command?.slice(1) ?? [], upCommand.options);
    const published = (services[name]?.ports ?? []).map(
      (port) => publishedPort(port).containerPort,
    );
    expect(published.sort()).toEqual(options.map((option) => Number(flags[option])).sort());
  },
);

test('the harness drives the composed API, and by default with more clients than slots', () => {
  const apiFlags = flagsOf(api.command?.slice(1) ?? [], upCommand.options);
  expect(harness.environment).toMatchObject({
    DATABASE_URL: api.environment?.['DATABASE_URL'],
    POOL_LAB_TARGET: `http://api:${apiFlags['port']}`,
    POOL_LAB_TARGET_ADMIN: `http://api:${apiFlags['adminPort']}`,
  });
  const { connections } = flagsOf(harness.command?.slice(1) ?? [], runCommand.options);
  const slots = fileVariables.find(({ name }) => name === 'POOL_LAB_MAX_CONNECTIONS')?.rest;
  expect(Number(connections)).toBeGreaterThan(Number(slots));
});

test('the harness takes the image that the API has, and nothing is built or started for it', () => {
  const { image, build, pull_policy: pullPolicy, depends_on: needs } = services['harness'] ?? {};
  expect(image).toBe(services['api']?.image);
  // What `docker compose run` builds is told on stdout, and what it depends on is made anew where a
  // variable differs: it would measure another API than the one that was looked at.
  expect({ build, pullPolicy, needs }).toEqual({ pullPolicy: 'never' });
});

test('the API begins again with a database whose settings were changed', () => {
  expect(api.depends_on?.['postgres']).toEqual({ condition: 'service_healthy', restart: true });
});

test('the image has the Node and the version of the package', () => {
  const manifest = z
    .object({ version: z.string(), devDependencies: z.object({ node: z.string() }) })
    .parse(JSON.parse(read('package.json')));
  const dockerfile = read('Dockerfile');
  const node = `node:${manifest.devDependencies.node}-bookworm-slim`;
  expect(/^ARG NODE_IMAGE=(.*)$/m.exec(dockerfile)?.[1]).toBe(node);
  expect(api.build?.args['NODE_IMAGE']).toBe(node);
  expect(api.image).toBe(`pool-lab:${manifest.version}`);
  expect(dockerfile).toContain(`org.opencontainers.image.version="${manifest.version}"`);
});

test('the image runs as an account without rights, and holds only what it is given by name', () => {
  const lines = read('Dockerfile').split('\n');
  const last = lines.findLastIndex((line) => line.startsWith('FROM '));
  expect(lines.slice(last).filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(' ').slice(1, -1));
  const [everything, ...rest] = read('.dockerignore').split('\n').filter(isRule);
  expect(everything).toBe('*');
  const letIn = rest.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  expect(letIn.sort()).toEqual(copied.sort());
});

function filledIn(name: string, env: Readonly<Record<string, string>> = {}): ComposeService {
  const service = services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return interpolated(service, { ...set, ...env });
}

/** `--flag=value` and `--switch`, as the command line's parser gives them. */
function flagsOf(line: readonly string[], options: OptionTable): RawFlags {
  const flags: Record<string, string | boolean | readonly string[]> = {};
  for (const argument of line) {
    const [, flag, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const found = Object.entries(options).find(([, option]) => option.flag === flag);
    if (found === undefined) throw new Error(`the command has no ${argument}`);
    const [name, { repeatable }] = found;
    const before = flags[name];
    flags[name] = repeatable
      ? [...(Array.isArray(before) ? before : []), value ?? '']
      : (value ?? true);
  }
  return flags;
}

function isRule(line: string): boolean {
  return line !== '' && !line.startsWith('#');
}

function read(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}
