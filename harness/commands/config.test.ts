import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { EXIT_CODE } from '../exit-code.ts';
import { DATABASE_OPTIONS } from '../plan/database-options.ts';
import type { RawFlags } from '../plan/option-table.ts';
import { SWEEP_PLAN_OPTIONS } from '../plan/sweep/sweep-options.ts';
import { recordingIo } from '../test/recording-io.ts';
import { configCommand } from './config.ts';

const directory = mkdtempSync(join(tmpdir(), 'pool-lab-explain-'));
const path = join(directory, 'a.yaml');
writeFileSync(path, 'pool-size: 1..8:x2\nworkers: 4\n');
afterAll(() => rmSync(directory, { recursive: true }));

async function explain(flags: RawFlags, env: Readonly<Record<string, string>> = {}) {
  const io = recordingIo({ env });
  const exitCode = await configCommand.run(flags, io, ['explain']);
  expect(exitCode).toBe(EXIT_CODE.ok);
  return { stdout: io.stdoutText(), stderr: io.stderrText() };
}

test('what is given stands first, with its value and who gave it', async () => {
  const { stdout } = await explain({ config: path, rounds: '5' }, { POOL_LAB_DRAIN: '1s' });
  const [title, , ...lines] = stdout.split('\n');
  expect(title).toMatch(/^5 settings of \d+ given; /);
  expect(title).toContain(`${path} is read`);
  expect(lines.slice(0, 5).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['workers', `${path}:2:10`, '4', '(the default)'],
    ['pool-size', `${path}:1:12`, '1,2,4,8'],
    ['drain', 'POOL_LAB_DRAIN', '1s'],
    ['rounds', '--rounds', '5'],
    ['config', '--config', path],
  ]);
  expect(stdout).toMatch(/defaults:\n(.*\n)*max-overflow +10\n/);
});

test('what the settings come to is told last, with the time that it takes', async () => {
  const { stdout } = await explain({ config: path, duration: '1s', warmup: '500ms' });
  expect(stdout).toMatch(
    /\n\nSWEEP +4 values of pool_size = 4 cells, × 3 rounds = 12 trials\n(.*\n)*TIME +\d+ s to .*\n(.*\n)*BUDGET +/,
  );
});

test('what a file asks of a service stands there with its place, and a flag goes before it', async () => {
  const file = join(directory, 'service.yaml');
  writeFileSync(
    file,
    'command: node s.js\nrequests:\n  - path: /a\n  - { method: POST, path: /b, weight: 3 }\n',
  );
  const { stdout } = await explain({ config: file });
  expect(stdout).toMatch(new RegExp(`\nrequests +${file}:3:3 +GET /a 1 of 4, POST /b 3 of 4\n`));
  expect(stdout).toMatch(/\nREQUESTS +GET \/a 1 of 4, POST \/b 3 of 4\n/);
  const { stdout: byFlag } = await explain({ config: file, request: ['/c'] });
  expect(byFlag).toMatch(/\nrequest +--request +GET \/c\n/);
  expect(byFlag).toMatch(/\nREQUESTS +GET \/c\n/);
});

test('as JSON each setting has value, source and default', async () => {
  const { stdout, stderr } = await explain({ config: path, json: true }, { POOL_LAB_ROUND: '3' });
  expect(JSON.parse(stdout)).toMatchObject({
    file: path,
    settings: expect.arrayContaining([
      {
        setting: 'pool-size',
        value: '1,2,4,8',
        source: `${path}:1:12`,
        default: '5',
        changed: true,
      },
      { setting: 'workers', value: '4', source: `${path}:2:10`, default: '4', changed: false },
      { setting: 'seed', value: '1', source: 'default', default: '1', changed: false },
    ]),
  });
  const { settings } = z
    .object({ settings: z.array(z.object({ setting: z.string() })) })
    .parse(JSON.parse(stdout));
  const names = settings.map(({ setting }) => setting);
  expect(names.toSorted()).toEqual([...new Set(names)].sort());
  expect(names.toSorted()).toEqual(
    Object.values({ ...SWEEP_PLAN_OPTIONS, ...DATABASE_OPTIONS })
      .map(({ flag }) => flag)
      .concat('config', 'directory')
      .sort(),
  );
  expect(stderr).toContain('POOL_LAB_ROUND is not a setting of this command');
});

test('settings that cannot be used are told as sweep tells them', async () => {
  await expect(explain({ config: path, maxOverflow: '5..1' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: '--max-overflow "5..1" goes down',
  });
});

test('there is nothing but explain', async () => {
  await expect(configCommand.run({}, recordingIo(), ['explian'])).rejects.toMatchObject({
    code: 'USAGE',
    message: 'config cannot "explian"',
    hint: 'pool-lab config explain',
  });
});
