import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { CAUSE_CODES } from '../analysis/inspection/cause.ts';
import type { LookupAll } from '../loopback.ts';
import { optionMarkdown } from '../plan/option-markdown.ts';
import { INSPECTION_FACT_FAMILIES } from '../plan/thresholds/inspection-facts.ts';
import { factMarkdown } from '../plan/thresholds/threshold-fact-list.ts';
import { recordingIo } from '../test/recording-io.ts';
import { inspectCommand, wayTo } from './inspect.ts';
import { INSPECT_OPTIONS } from './inspect-options.ts';

const addressed =
  (address: string): LookupAll =>
  () =>
    Promise.resolve([{ address, family: 4 }]);
const UNENCRYPTED = 'what this command and db say to each other is not encrypted';
const database = { host: 'db', port: 5_432, user: 'ann', password: 'secret-1', database: 'shop' };

test.each<[string, Partial<DatabaseConfig>, Partial<DatabaseConfig>, readonly string[]]>([
  ['127.0.0.1', {}, { hostAddress: '127.0.0.1', sslMode: 'disable' }, []],
  ['10.0.0.4', {}, { sslMode: 'verify-full' }, []],
  [
    '127.0.0.1',
    { sslMode: 'verify-full' },
    { hostAddress: '127.0.0.1', sslMode: 'verify-full' },
    [],
  ],
  ['10.0.0.4', { sslMode: 'require' }, { sslMode: 'require' }, []],
  ['10.0.0.4', { sslMode: 'disable' }, { sslMode: 'disable' }, [UNENCRYPTED]],
])(
  'a host at %s, of which the address says %j, is reached by %j',
  async (at, said, way, warned) => {
    const warnings: string[] = [];
    const given = { ...database, ...said };
    const address = await wayTo(given, (sentence) => warnings.push(sentence), addressed(at));
    expect(address).toEqual({ ...database, ...way });
    expect(warnings).toEqual(warned);
  },
);

test('a socket is on this machine, and nothing on the way to it is encrypted', async () => {
  const given = { ...database, host: '/run/postgresql' };
  expect(await wayTo(given, expect.unreachable)).toEqual({ ...given, sslMode: 'disable' });
});

test('all that is wrong is told before anything is connected to', async () => {
  const io = recordingIo({ env: { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/d' } });
  const flags = { every: '0', threshold: ['slots.lef>10', 'oldest.idle<5'] };
  await expect(inspectCommand.run(flags, io, [])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(
      /3 settings[\s\S]*--every "0"[\s\S]*did you mean slots\.left\?[\s\S]*pool-lab inspect --help[\s\S]*without a unit/,
    ),
  });
});

test('a variable for the thresholds of measurements is none for looking', async () => {
  const io = recordingIo({ env: { POOL_LAB_THRESHOLD: 'latency.p99<50ms' } });
  await expect(inspectCommand.run({}, io, [])).rejects.toMatchObject({
    message: 'inspect needs an address in the variable DATABASE_URL, and that is not set',
  });
});

test('its help names the facts', () => {
  const help = inspectCommand.helpNotes?.(80) ?? '';
  expect(help).toContain('slots.left');
  expect(help).toContain('fullest.{role,database}');
  expect(help).not.toContain('latency');
});

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test.each([
  ['options:inspect', 'options', optionMarkdown(INSPECT_OPTIONS)],
  ['facts:inspect', 'facts', factMarkdown(INSPECTION_FACT_FAMILIES)],
])("the README's table %s is the closed list", (marker, end, table) => {
  const between = new RegExp(`<!-- ${marker} -->\\n([\\s\\S]*?)\\n?<!-- /${end} -->`).exec(README);
  expect(between?.[1]?.trim(), `README.md lacks the markers of ${marker}`).toBe(table);
});

test('the README has every cause, in its order', () => {
  const table = /^\| cause \| where it begins \|[^\n]*\n(?<table>(\|.*\n)*)/m.exec(README)
    ?.groups?.['table'];
  const documented = [...(table ?? '').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code);
  expect(documented).toEqual([...CAUSE_CODES]);
});
