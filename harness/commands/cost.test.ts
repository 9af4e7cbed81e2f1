import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { optionMarkdown } from '../plan/option-markdown.ts';
import { recordingIo } from '../test/recording-io.ts';
import { costCommand } from './cost.ts';
import { COST_OPTIONS } from './cost-options.ts';

test('what cannot be asked for is told before anything is started, all of it together', async () => {
  await expect(
    costCommand.run({ samples: '10', pairs: '1' }, recordingIo(), []),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/--samples.*80.*--pairs/s),
  });
});

test("the README's table of cost's flags is the option table", () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const between = /<!-- options:cost -->\n([\s\S]*?)\n<!-- \/options -->/.exec(readme)?.[1];
  expect(between).toBe(optionMarkdown(COST_OPTIONS));
});

test('what another source of PostgreSQL would use is not passed over in silence', async () => {
  const io = recordingIo();
  await expect(
    costCommand.run({ postgres: 'url', postgresVersion: '15' }, io, []),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('DATABASE_URL'),
  });
  expect(io.stderrText()).toContain('--postgres-version changes nothing without --postgres docker');
});
