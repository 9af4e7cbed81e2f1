import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { basename, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { LabError } from '../lab-error.ts';
import { systemErrorCode } from '../system-error.ts';
import type { Binaries } from './binaries.ts';
import { publishOnce } from './published-directory.ts';

/** What a server needs: no static libraries, no build files, no client libraries of other languages. */
const LEFT_OUT = /^lib\/(pkgconfig|postgresql\/pgxs|[^/]+\.a$|libecpg|libpgtypes)/;

/**
 * Runnable copy of the binaries with the links npm cannot pack, in a directory every account can
 * enter. Made once; safe with another lab doing the same, and with one killed half-way.
 *
 * @throws LabError DISK_FULL, DIRECTORY_UNUSABLE, BINARIES_MISSING
 */
export async function stageBinaries(binaries: Binaries, cachePath: string): Promise<string> {
  const path = join(cachePath, `binaries-${binaries.fingerprint}`);
  await publishOnce(path, async (unfinished) => {
    const staged = join(unfinished, 'native');
    await stageDirectory(binaries.directory, staged, '');
    await makeLinks(binaries, staged);
  });
  return join(path, 'native');
}

async function stageDirectory(from: string, to: string, relative: string): Promise<void> {
  await mkdir(join(to, relative));
  await chmod(join(to, relative), 0o755);
  const entries = await readdir(join(from, relative), { withFileTypes: true });
  // All of them end before this does: whoever removes what was half made must not meet a late copy.
  const outcomes = await Promise.allSettled(
    entries.map(async (entry) => {
      const path = join(relative, entry.name);
      if (LEFT_OUT.test(path)) return;
      if (entry.isDirectory()) await stageDirectory(from, to, path);
      if (entry.isFile()) await stageFile(join(from, path), join(to, path));
    }),
  );
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** npm replaces files, it never writes into them, so the same file under a second name is as good. */
async function stageFile(from: string, to: string): Promise<void> {
  const { uid, mode } = await stat(from);
  const othersMayUse = (mode & 0o005) === ((mode & 0o100) === 0 ? 0o004 : 0o005);
  const onlyWeWrite = uid === process.getuid?.() && (mode & 0o022) === 0;
  if (othersMayUse && onlyWeWrite && (await linked(from, to))) return;
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, 0o755);
}

/** Another file system, one without links, or one with all an inode can have: then a copy. */
const CANNOT_LINK: readonly string[] = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'];

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (CANNOT_LINK.includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}

const linksSchema = z.array(z.strictObject({ source: z.string(), target: z.string() }));

/** The list says `source: native/lib/libpq.so.5.18, target: native/lib/libpq.so.5` (the link). */
async function makeLinks(binaries: Binaries, staged: string): Promise<void> {
  const listPath = join(binaries.directory, 'pg-symlinks.json');
  const links = linksSchema.safeParse(JSON.parse(await readFile(listPath, 'utf8')));
  if (!links.success) {
    throw new LabError('BINARIES_MISSING', {
      message: `The list of library links ${listPath} is not as expected: ${z.prettifyError(links.error)}`,
      hint: 'Run `npm ci` again.',
    });
  }
  for (const { source, target } of links.data) {
    if (LEFT_OUT.test(relativeToNative(target))) continue;
    await symlink(basename(relativeToNative(source)), join(staged, relativeToNative(target)));
  }
}

/** Refuses a path that leaves the package. */
function relativeToNative(path: string): string {
  const parts = normalize(path).split(sep);
  if (parts[0] !== 'native' || parts.length < 3) {
    throw new LabError('BINARIES_MISSING', {
      message: `The list of library links names ${path}, which is outside of the package.`,
      hint: 'Run `npm ci` again.',
    });
  }
  return parts.slice(1).join('/');
}
