import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packCluster, unpackCluster } from './cluster-archive.ts';
import { openSpareFiles, type SpareFiles } from './spare-files.ts';
import { withLabParent } from './test/lab-parent.ts';
import { removeTree } from './tree-removal.ts';

const NO_SPARES: SpareFiles = { take: () => false, keep: () => false };

interface Paths {
  readonly from: string;
  readonly to: string;
  readonly archive: string;
  readonly spares: string;
}

async function withCluster(use: (paths: Paths) => Promise<void>): Promise<void> {
  await withLabParent(async (parent) => {
    const from = join(parent, 'from');
    mkdirSync(join(from, 'base', '5'), { recursive: true });
    mkdirSync(join(from, 'pg_notify'));
    writeFileSync(join(from, 'PG_VERSION'), '18\n', { mode: 0o644 });
    writeFileSync(join(from, 'base', '5', 'empty'), '');
    writeFileSync(join(from, 'base', '5', '1259'), Buffer.from([0, 255, 10, 13]));
    symlinkSync('/etc', join(from, 'link'));
    const archive = join(parent, 'archive');
    await packCluster(from, archive);
    await use({ from, to: join(parent, 'to'), archive, spares: join(parent, 'spares') });
  });
}

test('what was packed comes out again, private to its owner, and links do not', async () => {
  await withCluster(async ({ archive, to }) => {
    const unpacking = { archivePath: archive, dataPath: to, owner: null, spares: NO_SPARES };
    expect(await unpackCluster(unpacking)).toBe(true);
    expect(readdirSync(to, { recursive: true }).toSorted()).toEqual([
      'PG_VERSION',
      'base',
      'base/5',
      'base/5/1259',
      'base/5/empty',
      'pg_notify',
    ]);
    expect(readFileSync(join(to, 'base', '5', '1259'))).toEqual(Buffer.from([0, 255, 10, 13]));
    expect(statSync(join(to, 'PG_VERSION')).mode & 0o777).toBe(0o600);
    expect(statSync(join(to, 'base')).mode & 0o777).toBe(0o700);
  });
});

test.runIf(process.getuid?.() === 0)('it belongs to the account asked for', async () => {
  await withCluster(async ({ archive, to }) => {
    const owner = { uid: 65_534, gid: 65_534 };
    await unpackCluster({ archivePath: archive, dataPath: to, owner, spares: NO_SPARES });
    for (const path of ['', 'base/5', 'base/5/1259']) {
      expect(statSync(join(to, path)).uid).toBe(65_534);
    }
  });
});

test('files of a removed tree are used again, without anything of what was in them', async () => {
  await withCluster(async ({ archive, from, to, spares }) => {
    writeFileSync(join(from, 'PG_VERSION'), 'a much longer secret than any content');
    const inodes = ['PG_VERSION', 'base/5/1259', 'base/5/empty'].map(
      (path) => statSync(join(from, path)).ino,
    );
    await removeTree(from, openSpareFiles(spares));
    expect(readdirSync(spares)).toHaveLength(3);
    const unpacking = { archivePath: archive, dataPath: to, owner: null };
    await unpackCluster({ ...unpacking, spares: openSpareFiles(spares) });
    const contents = ['PG_VERSION', 'base/5/1259', 'base/5/empty'].map((path) =>
      readFileSync(join(to, path)),
    );
    expect(contents).toEqual([Buffer.from('18\n'), Buffer.from([0, 255, 10, 13]), Buffer.from('')]);
    expect(inodes).toContain(statSync(join(to, 'PG_VERSION')).ino);
    expect(readdirSync(spares)).toEqual([]);
  });
});

test.each([
  { what: 'cut off', damage: (path: string) => truncateSync(path, statSync(path).size - 1) },
  { what: 'empty', damage: (path: string) => truncateSync(path, 0) },
  { what: 'something else', damage: (path: string) => writeFileSync(path, '0000{not an index}') },
  { what: 'a directory', damage: (path: string) => mkdirSync(`${path}.d`) },
])('an archive that is $what is as good as none', async ({ what, damage }) => {
  await withCluster(async ({ archive, to }) => {
    damage(archive);
    const archivePath = what === 'a directory' ? `${archive}.d` : archive;
    const unpacking = { archivePath, dataPath: to, owner: null, spares: NO_SPARES };
    expect(await unpackCluster(unpacking)).toBe(false);
  });
});

test('a removed tree’s links are removed, not followed and not kept as spare files', async () => {
  await withCluster(async ({ from, to, spares }) => {
    mkdirSync(to);
    writeFileSync(join(to, 'precious'), 'kept');
    symlinkSync(to, join(from, 'to-directory'));
    symlinkSync(join(to, 'precious'), join(from, 'to-file'));
    await removeTree(from, openSpareFiles(spares));
    expect(readFileSync(join(to, 'precious'), 'utf8')).toBe('kept');
    expect(readdirSync(spares)).toHaveLength(3);
    await expect(removeTree(from, null)).resolves.toBeUndefined();
  });
});
