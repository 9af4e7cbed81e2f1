import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Custodian } from './custodian.ts';
import { LabError } from './lab-error.ts';
import { describeError } from './system-error.ts';

/**
 * A directory that only this user can enter, for as long as `use` runs. It is removed with everything
 * in it on every path, by the custodian where this process cannot any more.
 *
 * @throws LabError DIRECTORY_UNUSABLE
 */
export async function withPrivateDirectory<T>(
  asked: {
    /** What the name begins with. */
    readonly prefix: string;
    /** What it is for, in words for the message. */
    readonly purpose: string;
    readonly custodian: Custodian;
  },
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = makeDirectory(asked);
  const release = asked.custodian.guard({ kind: 'directory', path });
  try {
    return await use(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
    release();
  }
}

/** `mkdtemp` gives mode 0700 and a name that nobody can have taken. */
function makeDirectory({ prefix, purpose }: { prefix: string; purpose: string }): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    throw new LabError('DIRECTORY_UNUSABLE', {
      message: `no place for ${purpose} in ${tmpdir()}: ${describeError(cause)}`,
      hint: 'Set TMPDIR to a directory that exists and that you may write, or unset it.',
      cause,
    });
  }
}
