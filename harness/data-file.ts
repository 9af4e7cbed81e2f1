import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { REQUEST_LIMITS } from './plan/request-mix.ts';
import type { DataText } from './plan/requests/requests-asked.ts';
import { sha256 } from './store/sha256.ts';
import { describeError, systemErrorCode } from './system-error.ts';

/**
 * A file with data for requests, whole. Read at once and not by and by: it is looked at twice before anything is
 * started, and never while something is measured.
 *
 * @param directory what a relative path begins at
 */
export function readDataFile(file: string, directory: string): DataText {
  const path = resolve(directory, file);
  try {
    // A pipe without a writer would never open; what it is can be asked without opening it.
    if (!statSync(path).isFile()) return { ok: false, problem: 'is no regular file' };
    const bytes = readBounded(path);
    if (bytes === null) {
      return { ok: false, problem: `has more than ${REQUEST_LIMITS.dataBytesMax} bytes` };
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ok: true, path, text, sha256: sha256(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return { ok: false, problem: 'is not UTF-8 text' };
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const problem =
      code === 'ENOENT' ? 'does not exist' : `cannot be read: ${describeError(error)}`;
    return { ok: false, problem };
  }
}

/** `null`: it is longer than it may be. */
function readBounded(path: string): Uint8Array | null {
  const file = openSync(path, 'r');
  try {
    const buffer = new Uint8Array(REQUEST_LIMITS.dataBytesMax + 1);
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(file, buffer, length, buffer.length - length, null);
      if (read === 0) return buffer.subarray(0, length);
      length += read;
    }
    return null;
  } finally {
    closeSync(file);
  }
}
