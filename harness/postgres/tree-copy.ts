import { chmod, chown, constants, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeCopy {
  readonly from: string;
  readonly to: string;
  /** Owner of every copy; `null`: whoever copies. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Permissions of directories, files, and files that are executable where they come from. */
  readonly modes: { readonly directory: number; readonly file: number };
  /** By path relative to `from`; a directory that is left out is not entered. */
  readonly include: (relativePath: string) => boolean;
}

/**
 * Copies directories and plain files, all of one directory at once; links are left out. Blocks are
 * shared with the original where the file system can (copy on write), never the files themselves.
 */
export async function copyTree(copy: TreeCopy, relative = ''): Promise<void> {
  const to = join(copy.to, relative);
  await mkdir(to, { mode: copy.modes.directory });
  await settle(to, copy.modes.directory, copy);
  const entries = await readdir(join(copy.from, relative), { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(relative, entry.name);
      if (!copy.include(path)) return;
      if (entry.isDirectory()) await copyTree(copy, path);
      if (!entry.isFile()) return;
      await copyFile(join(copy.from, path), join(copy.to, path), constants.COPYFILE_FICLONE);
      await settle(join(copy.to, path), copy.modes.file, copy);
    }),
  );
}

/** The umask of whoever runs the lab, and the modes of what was installed, must not matter. */
async function settle(path: string, mode: number, { owner }: TreeCopy): Promise<void> {
  await chmod(path, mode);
  if (owner !== null) await chown(path, owner.uid, owner.gid);
}
