import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXIT_CODE } from '../exit-code.ts';
import { parseSweepPlan } from '../plan/sweep/parse-sweep-plan.ts';
import { recordingIo } from '../test/recording-io.ts';
import { initCommand, writeExample } from './init.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pool-lab-init-'));
});
afterEach(() => {
  chmodSync(directory, 0o755);
  rmSync(directory, { recursive: true });
});

/** What the first line of a file of settings tells an editor. */
const schemaOf = (text: string): string => /\$schema=(\S+)/.exec(text)?.[1] ?? '';

test('the file that is written is a sweep, and names a schema that is there', async () => {
  const path = await writeExample(directory);
  expect(path).toBe(join(directory, 'pool-lab.yaml'));
  const text = readFileSync(path, 'utf8');
  const { plan } = parseSweepPlan({ flags: {}, env: {}, file: { name: 'pool-lab.yaml', text } });
  expect(plan.axes.workers).toEqual([2, 4]);
  expect(JSON.parse(readFileSync(fileURLToPath(schemaOf(text)), 'utf8'))).toMatchObject({
    title: 'Settings of pool-lab sweep',
  });
});

test('a file that is there stays as it is', async () => {
  writeFileSync(join(directory, 'pool-lab.yaml'), 'workers: 1\n');
  await expect(writeExample(directory)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'pool-lab.yaml is there already and stays as it is',
    hint: expect.stringContaining('pool-lab init --stdout'),
  });
  expect(readFileSync(join(directory, 'pool-lab.yaml'), 'utf8')).toBe('workers: 1\n');
});

test('a directory that is not there is told, and nothing is left', async () => {
  await expect(writeExample(join(directory, 'missing'))).rejects.toMatchObject({
    code: 'DIRECTORY_UNUSABLE',
    message: expect.stringContaining('pool-lab.yaml cannot be written'),
  });
  expect(readdirSync(directory)).toEqual([]);
});

test('printed, its schema is beneath the project it is printed in', async () => {
  const io = recordingIo();
  expect(await initCommand.run({ stdout: true }, io, [])).toBe(EXIT_CODE.ok);
  expect(schemaOf(io.stdoutText())).toBe('./harness/plan/sweep/pool-lab-yaml.schema.json');
});
