import { expect, test } from 'vitest';
import { z } from 'zod';
import { startCli } from '../test/cli-child.ts';

const value = z.union([z.number(), z.string()]);
const outputSchema = z.object({
  passed: z.boolean(),
  engineVersions: z.record(z.string(), z.string()),
  rows: z.array(
    z.object({
      id: z.string(),
      quantities: z.array(
        z.object({
          name: z.string(),
          truth: value,
          ours: value.nullable(),
          raw: value.nullable(),
        }),
      ),
    }),
  ),
});

test('one row as JSON: truth, ours and autocannon beside each other', async () => {
  const { seen, ended } = startCli(['selftest', '--row', 'open/stall', '--json']);
  const { code } = await ended;
  const { passed, engineVersions, rows } = outputSchema.parse(JSON.parse(seen.stdout));
  expect(engineVersions).toEqual({ open: expect.stringMatching(/^undici \d/) });
  expect(rows.map(({ id }) => id)).toEqual(['open/stall']);
  const unanswered = rows[0]?.quantities.find(({ name }) => name === 'unanswered');
  expect(unanswered).toMatchObject({ ours: unanswered?.truth, raw: '0 of 8' });
  // Its times may be inconclusive here, which is not a pass either.
  expect(code).toBe(passed ? 0 : 6);
  expect(seen.stderr).toContain('open/stall (1 of 1)\n');
});

test('a row that does not exist is refused with a suggestion, exit 2', async () => {
  const { seen, ended } = startCli(['selftest', '--row', 'open/freez']);
  expect(await ended).toEqual({ code: 2, signal: null });
  expect(seen.stderr).toContain('did you mean open/freeze?');
});

test('Ctrl-C keeps the rows measured until then and ends by the signal', async () => {
  const { child, seen, ended, said } = startCli(['selftest', '--row', 'stall']);
  await said(/open\/stall \(2 of 2\)/);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(seen.stdout).toMatch(/^selftest: .*stopped after 1 in \d+ s\n/);
});
