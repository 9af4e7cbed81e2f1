import { readFile, symlink } from 'node:fs/promises';
import { basename, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { LabError } from '../lab-error.ts';
import type { Binaries } from './binaries.ts';
import { publishOnce } from './published-directory.ts';
import { copyTree } from './tree-copy.ts';

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
    await copyTree({
      from: binaries.directory,
      to: join(unfinished, 'native'),
      owner: null,
      spares: null,
      modes: { directory: 0o755, file: 0o755 },
      include: (path) => !LEFT_OUT.test(path),
    });
    await makeLinks(binaries, join(unfinished, 'native'));
  });
  return join(path, 'native');
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
