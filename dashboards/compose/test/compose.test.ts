import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type ComposeService,
  fileVariables,
  interpolated,
  services,
  variablesOf,
} from './compose-file.ts';
import { COMPOSE_FILE, PROJECT } from './project-paths.ts';
import { publishedPort } from './published-port.ts';

const PASSWORD = 'POOL_LAB_POSTGRES_PASSWORD';
const each = Object.entries(services);
const required = { [PASSWORD]: 'secret' };

test('its services are these, two of them in a profile of their own', () => {
  const profiles = Object.fromEntries(each.map(([name, it]) => [name, it.profiles ?? []]));
  expect(profiles).toEqual({
    api: [],
    grafana: [],
    harness: ['harness'],
    pgbouncer: ['pgbouncer'],
    postgres: [],
    prometheus: [],
  });
});

test.each(each)('%s publishes its ports on loopback alone', (_name, { ports = [] }) => {
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(publishedPort(port).address).toBe('127.0.0.1');
});

test('no two services publish the same port, nor by the same variable', () => {
  const ports = each.flatMap(([, it]) => (it.ports ?? []).map(publishedPort));
  expect(new Set(ports.map(({ hostPort }) => hostPort)).size).toBe(ports.length);
  expect(new Set(ports.map(({ variable }) => variable)).size).toBe(ports.length);
});

/** `18.6-bookworm`, `v3.13.3`; not `latest`, not `18`, not `18-bookworm`. */
const EXACT_TAG = /^v?\d+(?:\.\d+)+(?:-[\w.]+)?$/;

test.each(each)('%s has an image of an exact version, replaceable by a variable', (_name, it) => {
  const [variable, ...more] = variablesOf(it.image);
  expect(more).toEqual([]);
  expect(it.image).toBe(`\${${variable?.name}:-${variable?.rest}}`);
  expect(variable?.name).toMatch(/^POOL_LAB_(?:[A-Z]+_)?IMAGE$/);
  expect(variable?.rest.split(':')[1]).toMatch(EXACT_TAG);
});

test.each(each)('%s is checked for its health, and whom it needs is healthy first', (_name, it) => {
  expect(it.healthcheck?.test[0]).toBe('CMD');
  // The schema of the specification takes any text for a time.
  const { interval, timeout, start_period: startPeriod } = it.healthcheck ?? {};
  for (const time of [interval, timeout, startPeriod]) expect(time).toMatch(/^\d+s$/);
  for (const { condition } of Object.values(it.depends_on ?? {})) {
    expect(condition).toBe('service_healthy');
  }
});

test.each(each)('%s is limited in memory and in what it logs', (_name, it) => {
  expect(interpolated(it, required).mem_limit).toMatch(/^\d+[mg]$/);
  expect(it.logging?.options).toEqual({ 'max-file': '2', 'max-size': '10m' });
});

test.each(each)('%s has no more rights than it needs', (name, it) => {
  expect(it).toMatchObject({
    cap_drop: ['ALL'],
    init: true,
    read_only: true,
    security_opt: ['no-new-privileges:true'],
  });
  // PostgreSQL's entry point starts as root, to hand its volume over.
  expect(it.cap_add !== undefined).toBe(name === 'postgres');
});

test('PostgreSQL is told to end what its clients do when it is to stop, and has time for it', () => {
  // SIGTERM waits for every client to leave, until it is killed and has to recover.
  expect(services['postgres']).toMatchObject({ stop_signal: 'SIGINT', stop_grace_period: '30s' });
});

test('the data of PostgreSQL 18 is not where its image refuses it', () => {
  const targets = (services['postgres']?.volumes ?? []).map((volume) => volume.split(':')[1]);
  expect(targets).toEqual(['/var/lib/postgresql']);
  expect(readFileSync(COMPOSE_FILE, 'utf8')).not.toContain('/var/lib/postgresql/data');
});

test('the password has no default, and whoever forgets it is told where to set it', () => {
  const uses = fileVariables.filter(({ name }) => name === PASSWORD);
  expect(uses.length).toBeGreaterThan(0);
  for (const { kind, rest } of uses) {
    expect(kind).toBe('required');
    expect(rest).toContain('.env.example');
  }
  expect(fileVariables.filter((it) => it.kind === 'required' && it.name !== PASSWORD)).toEqual([]);
});

test.each(each)('%s has the password in no argument', (_name, it) => {
  const line = [...(it.command ?? []), ...(it.entrypoint ?? []), ...(it.healthcheck?.test ?? [])];
  expect(line.filter((argument) => argument.includes(PASSWORD))).toEqual([]);
});

test.each(each)('%s mounts only files that are there, and may not write to them', (_name, it) => {
  const mounts = (it.volumes ?? []).filter((volume) => volume.startsWith('.'));
  for (const mount of mounts) {
    const [source = '', , mode] = mount.split(':');
    expect(existsSync(join(PROJECT, source)), source).toBe(true);
    expect(mode).toBe('ro');
  }
});

test('.env.example names exactly the variables of the file, with their defaults', () => {
  const example = [
    ...readFileSync(join(PROJECT, '.env.example'), 'utf8').matchAll(/^#?(?<name>[A-Z_]+)=(.*)$/gm),
  ].map(([, name, value]) => [name, value]);
  const inFile = new Map(
    fileVariables.map(({ name, kind, rest }) => [name, kind === 'required' ? '' : rest]),
  );
  // Compose's own, which chooses profiles.
  inFile.set('COMPOSE_PROFILES', '');
  expect(Object.fromEntries(example)).toEqual(Object.fromEntries(inFile));
  expect(example).toHaveLength(inFile.size);
});

test('a variable has the same default wherever it is used', () => {
  const defaults = new Map<string, Set<string>>();
  for (const { name, rest } of fileVariables) {
    defaults.set(name, (defaults.get(name) ?? new Set()).add(rest));
  }
  expect([...defaults].filter(([, values]) => values.size > 1)).toEqual([]);
});

test('Grafana lets nobody in but to look, and asks nobody outside', () => {
  expect(environmentOf(services['grafana'])).toMatchObject({
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_AUTH_BASIC_ENABLED: 'false',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    // Under no other name: a page elsewhere could read it under one that resolves to loopback.
    GF_SERVER_DOMAIN: 'localhost',
    GF_SERVER_ENFORCE_DOMAIN: 'true',
  });
});

test('a page from elsewhere in the same browser may not read Prometheus, nor anybody change it', () => {
  const command = each.flatMap(([name, it]) =>
    name === 'prometheus' ? (interpolated(it, required).command ?? []) : [],
  );
  // Its own default lets every origin in.
  expect(command).toContain('--web.cors.origin=http://localhost:9090');
  expect(command.filter((argument) => /^--(?:web\.)?enable/.test(argument))).toEqual([]);
});

function environmentOf(service: ComposeService | undefined): Readonly<Record<string, string>> {
  return service?.environment ?? {};
}
