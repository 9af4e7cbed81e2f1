import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { optionMarkdown } from './option-markdown.ts';
import { RUN_OPTIONS } from './run-options.ts';

test("the README's table of flags is the option table", () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const between = /<!-- options:run -->\n([\s\S]*?)\n?<!-- \/options -->/.exec(readme)?.[1]?.trim();
  expect(between, 'README.md lacks the markers <!-- options:run --> … <!-- /options -->').toBe(
    optionMarkdown(RUN_OPTIONS),
  );
});
