import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from './generated-files.ts';

test.each(generatedFiles().map(({ path, content }) => [path, content]))(
  '%s is what its sources generate; if not, run `npm run dashboards`',
  (path, content) => {
    expect(readFileSync(new URL(path, import.meta.url), 'utf8')).toBe(content);
  },
);
