import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from './lab-error.ts';
import { describeError, systemErrorCode } from './system-error.ts';

/**
 * Writes a report where the user wants it: whole or not at all. What was there before stays until the
 * new one is complete, and stays for good when that fails.
 *
 * @param link `follow` writes the file that a link points to. `replace` is for a place that nobody named,
 *   such as one within a run directory: whoever sent that may have put a link to any file there.
 * @returns how many bytes were written
 * @throws LabError REPORT_UNWRITABLE
 */
export async function writeReportFile(
  path: string,
  text: string,
  { link = 'follow' }: { readonly link?: 'follow' | 'replace' } = {},
): Promise<number> {
  try {
    const target = link === 'replace' && (await isLink(path)) ? path : await targetOf(path);
    const bytes = Buffer.from(text, 'utf8');
    await replaceFile(target, bytes);
    return bytes.byteLength;
  } catch (error) {
    const code = systemErrorCode(error);
    if (error instanceof LabError || code === undefined) throw error;
    throw new LabError('REPORT_UNWRITABLE', {
      message: `cannot write the report ${path}: ${describeError(error)}`,
      hint: remedy(code),
      cause: error,
    });
  }
}

/**
 * The file itself where the path is a link to one. Anything but a file is refused: a rename would put
 * the report in the place of `/dev/null`.
 */
async function targetOf(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    const found = await stat(target);
    if (found.isFile()) return target;
    throw new LabError('REPORT_UNWRITABLE', {
      message: `cannot write the report ${path}: it is ${found.isDirectory() ? 'a directory' : 'no regular file'}`,
      hint: 'name a file, or leave --out away to have it on stdout',
    });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return path;
    throw error;
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function replaceFile(target: string, bytes: Uint8Array): Promise<void> {
  // Of its own name: two reports of one run may be written at the same time.
  const unfinished = join(dirname(target), `.report-${randomUUID()}.unfinished`);
  const file = await open(unfinished, 'wx', 0o644);
  try {
    await writeAndClose(file, bytes);
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writeAndClose(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function remedy(code: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'make its directory first, or give --out another one';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'free some disk space, or give --out another disk';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'give --out a file in a directory that this account may write';
    case 'ENAMETOOLONG':
      return 'give --out a shorter name';
    default:
      return 'give --out another file, or leave it away to have the report on stdout';
  }
}
