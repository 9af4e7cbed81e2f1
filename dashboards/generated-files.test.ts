import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from './generated-files.ts';

test.each(generatedFiles().map(({ path, content }) => [path, content]))(
  '%s is what its sources generate; if not, run `npm run dashboards`',
  (path, content) => {
    expect(readFileSync(new URL(path, import.meta.url), 'utf8')).toBe(content);
  },
);

test('every file that says it is generated, and the dashboard, is held to its sources', () => {
  const directory = new URL('.', import.meta.url);
  const committed = ['prometheus', 'grafana']
    .flatMap((part) =>
      readdirSync(new URL(part, directory), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${part}/${path}`,
      ),
    )
    .filter((path) => /\.(?:json|ya?ml)$/.test(path) && !path.includes('/provisioning/'));
  expect(committed.toSorted()).toEqual(
    generatedFiles()
      .map(({ path }) => path)
      .toSorted(),
  );
});
