import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { LabError } from '../lab-error.ts';
import { systemErrorCode } from '../system-error.ts';
import type { Binaries } from './binaries.ts';
import { explainFileError } from './file-failure.ts';
import { copyTree } from './tree-copy.ts';

/** Prefix of directories being filled; the rest is random. They become visible by one rename. */
export const UNFINISHED_PREFIX = '.unfinished-';

/** What a server needs: no static libraries, no build files, no client libraries of other languages. */
const LEFT_OUT = /^lib\/(pkgconfig|postgresql\/pgxs|[^/]+\.a$|libecpg|libpgtypes)/;

/**
 * Runnable copy of the binaries with the links npm cannot pack, in a directory every account can
 * enter. Made once; safe with another lab doing the same, and with one killed half-way.
 *
 * @throws LabError DISK_FULL, DIRECTORY_UNUSABLE, BINARIES_MISSING
 */
export async function stageBinaries(binaries: Binaries, cachePath: string): Promise<string> {
  return publishOnce(join(cachePath, `binaries-${binaries.fingerprint}`), async (unfinished) => {
    await copyTree({
      from: binaries.directory,
      to: join(unfinished, 'native'),
      owner: null,
      modes: { directory: 0o755, file: 0o755 },
      include: (path) => !LEFT_OUT.test(path),
    });
    await makeLinks(binaries, join(unfinished, 'native'));
  }).then((published) => join(published, 'native'));
}

/**
 * Makes a directory by filling a private one and renaming it, so that it either is complete or is
 * not there. Two that do it at once end with one of both results.
 */
export async function publishOnce(
  path: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<string> {
  if (existsSync(path)) return path;
  try {
    const unfinished = await mkdtemp(join(dirname(path), UNFINISHED_PREFIX));
    try {
      // mkdtemp makes it private; the server's account has to enter it.
      await chmod(unfinished, 0o755);
      await fill(unfinished);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      // Somebody else was faster, with the same content.
      const taken = ['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '');
      if (!(taken && existsSync(path))) throw error;
    }
    return path;
  } catch (error) {
    throw explainFileError(error, `preparing ${basename(path)} in ${dirname(path)}`);
  }
}

const linksSchema = z.array(z.strictObject({ source: z.string(), target: z.string() }));

/** The list says `source: native/lib/libpq.so.5.18, target: native/lib/libpq.so.5` (the link). */
async function makeLinks(binaries: Binaries, staged: string): Promise<void> {
  const listPath = join(binaries.directory, 'pg-symlinks.json');
  const links = linksSchema.safeParse(JSON.parse(readFileSync(listPath, 'utf8')));
  if (!links.success) {
    throw new LabError('BINARIES_MISSING', {
      message: `The list of library links ${listPath} is not as expected: ${z.prettifyError(links.error)}`,
      hint: 'Run `npm ci` again.',
    });
  }
  for (const { source, target } of links.data) {
    if (LEFT_OUT.test(relativeToNative(target))) continue;
    const link = join(staged, relativeToNative(target));
    await symlink(basename(relativeToNative(source)), link);
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
