import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../system-error.ts';
import { explainFileError } from './file-failure.ts';
import { removeTree } from './tree-removal.ts';

/** Prefix of directories nobody uses: being filled, or being removed. The rest is random. */
export const UNFINISHED_PREFIX = '.unfinished-';

/** Written last, inside; tells a directory that lost files since from a complete one. */
const MANIFEST = 'manifest.json';
const manifestSchema = z.strictObject({ entries: z.int() });

/**
 * Makes a directory by filling a private one and renaming it, so that it either is complete or is
 * not there. Two that do it at once end with one of both results, which have the same content.
 *
 * @throws LabError DISK_FULL, DIRECTORY_UNUSABLE, and what `fill` throws
 */
export async function publishOnce(
  path: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<string> {
  try {
    if (await isComplete(path)) return path;
    // What is there lost files (systems remove old temporary ones): out of the way, and anew.
    await removeAtOnce(path);
    const unfinished = await mkdtemp(join(dirname(path), UNFINISHED_PREFIX));
    try {
      // mkdtemp makes it private; the server's account has to enter it.
      await chmod(unfinished, 0o755);
      await fill(unfinished);
      const entries = (await countEntries(unfinished)) + 1;
      await writeFile(join(unfinished, MANIFEST), JSON.stringify({ entries }));
      await rename(unfinished, path);
    } catch (error) {
      // What cannot be removed is left to `pool-lab clean`; the reason why it was not filled counts.
      await removeTree(unfinished, null).catch(() => undefined);
      const taken = ['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '');
      if (!(taken && (await isComplete(path)))) throw error;
    }
    return path;
  } catch (error) {
    throw explainFileError(error, `preparing ${basename(path)} in ${dirname(path)}`);
  }
}

/** Takes a directory out of sight in one step, so that nobody finds it half removed. */
export async function removeAtOnce(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const bin = await mkdtemp(join(dirname(path), UNFINISHED_PREFIX));
  await rename(path, join(bin, basename(path)));
  await removeTree(bin, null);
}

async function isComplete(path: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(join(path, MANIFEST), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
  const manifest = manifestSchema.parse(JSON.parse(text));
  return manifest.entries === (await countEntries(path));
}

async function countEntries(path: string): Promise<number> {
  return (await readdir(path, { recursive: true })).length;
}
