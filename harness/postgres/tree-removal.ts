import { lchownSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemErrorCode } from '../system-error.ts';
import type { SpareFiles } from './spare-files.ts';

/**
 * Removes a tree that another account may have written: a stopped server's data. Its files go to
 * `spares` while those have room. What is not there is removed already.
 *
 * Each directory is made our own before it is read. From then on its former owner can put nothing in
 * the place of what was read, such as a link to a directory of the system.
 */
export async function removeTree(path: string, spares: SpareFiles | null): Promise<void> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  try {
    if (lstatSync(path).uid !== uid) lchownSync(path, uid, gid);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const found = lstatSync(path);
  if (!found.isDirectory()) {
    if (!(found.isFile() && spares?.keep(path) === true)) unlinkSync(path);
    return;
  }
  await nextTurn();
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await removeTree(inner, spares);
    else if (!(entry.isFile() && spares?.keep(inner) === true)) unlinkSync(inner);
  }
  rmdirSync(path);
}
