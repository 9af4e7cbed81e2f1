import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { optionMarkdown } from './option-markdown.ts';
import type { OptionTable } from './option-table.ts';
import { RUN_OPTIONS } from './run-options.ts';
import { SWEEP_ADDED_OPTIONS } from './sweep/sweep-options.ts';

test.each<[string, OptionTable]>([
  ['run', RUN_OPTIONS],
  ['sweep', SWEEP_ADDED_OPTIONS],
])("the README's table of %s's flags is the option table", (command, options) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const marked = new RegExp(`<!-- options:${command} -->\\n([\\s\\S]*?)\\n?<!-- /options -->`);
  const between = marked.exec(readme)?.[1]?.trim();
  expect(
    between,
    `README.md lacks the markers <!-- options:${command} --> … <!-- /options -->`,
  ).toBe(optionMarkdown(options));
});
