import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { EXIT_CODE } from '../exit-code.ts';
import { startCli } from '../test/cli-child.ts';

const FILES = {
  'schema.sql': 'CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY, who int NOT NULL);\n',
  'seed.sql': 'INSERT INTO visits (who) SELECT n % 10 FROM generate_series(1, 1000) n;\n',
  'read.sql': '\\set who random(0, 9)\nSELECT count(*) FROM visits WHERE who = :who;\n',
  'write.sql': '\\set who random(0, 9)\nBEGIN;\nINSERT INTO visits (who) VALUES (:who);\nCOMMIT;\n',
  'wrong.sql': 'SELECT 1;\nSELECT who,\n  wen FROM visits;\n',
  'pool-lab.yaml':
    'workload: [read.sql, read.sql@3+write.sql]\nallow-writes: yes\nsql-schema: schema.sql\nsql-seed: seed.sql\nworkers: 1\npool-size: 2\nrate: 100/s\nduration: 1s\nwarmup: 0s\nrounds: 1\n',
};

const resultSchema = z.object({
  cells: z.array(z.object({ variables: z.object({ workload: z.string() }), state: z.string() })),
  plan: z.object({
    base: z.object({ sql: z.object({ scripts: z.array(z.object({ name: z.string() })) }) }),
  }),
  trials: z.object({ measured: z.int(), failed: z.int() }),
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pool-lab-sql-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const sweptWith = (...line: readonly string[]) => startCli(['sweep', '--json', ...line]);

test('a sweep over scripts finds the data of its files in every trial, beside the file that names them', async () => {
  const config = ['--config', join(directory, 'pool-lab.yaml')];
  const cli = sweptWith(...config, '--out', join(directory, 'run'));
  const { code } = await cli.ended;
  expect([EXIT_CODE.ok, EXIT_CODE.invalidMeasurement], cli.seen.stderr).toContain(code);
  const result = resultSchema.parse(JSON.parse(cli.seen.stdout));
  expect(result.trials).toMatchObject({ measured: 2, failed: 0 });
  expect(result.cells.map(({ variables }) => variables.workload)).toEqual([
    'read.sql',
    'read.sql@3+write.sql',
  ]);
  expect(result.plan.base.sql.scripts.map(({ name }) => name)).toEqual(['read.sql', 'write.sql']);
});

test('a script that PostgreSQL refuses is named by its place, before any load', async () => {
  const sql = ['--workload', join(directory, 'wrong.sql')];
  const cli = startCli(['run', ...sql, '--sql-schema', join(directory, 'schema.sql')]);
  const { code } = await cli.ended;
  expect(code).toBe(EXIT_CODE.usage);
  expect(cli.seen.stderr).toContain(
    `${join(directory, 'wrong.sql')}:3:3: column "wen" does not exist (SQLSTATE 42703)`,
  );
  expect(cli.seen.stderr).not.toContain('measuring');
});
