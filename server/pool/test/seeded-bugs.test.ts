import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PATCHES = path.join(import.meta.dirname, 'seeded-bugs');
const patches = readdirSync(PATCHES).filter((name) => name.endsWith('.patch'));

test('there are ten bugs to plant', () => {
  expect(patches).toHaveLength(10);
});

test.for(patches)('%s still applies', (patch) => {
  const { status, stderr } = spawnSync(
    'git',
    ['apply', '--check', '--verbose', path.join(PATCHES, patch)],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  // git succeeds silently with paths it takes for outside of its repository.
  expect(stderr).toContain('Checking patch server/pool/');
});
