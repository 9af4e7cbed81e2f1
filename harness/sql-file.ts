import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SqlFileRead } from './plan/sql-asked.ts';
import { describeError, systemErrorCode } from './system-error.ts';

/** A seed of more is better made by generate_series() than carried in a file. */
const SQL_BYTES_MAX = 64 * 2 ** 20;

/** A file of the user's SQL: beside the file of settings that names it, else where the lab was started. */
export function readSqlFile(given: string, settingsFile: string | null): SqlFileRead {
  const path = settingsFile === null ? given : resolve(dirname(settingsFile), given);
  try {
    const { size } = requireRegular(path);
    if (size > SQL_BYTES_MAX) {
      return {
        ok: false,
        problem: `has ${size} bytes, more than ${SQL_BYTES_MAX}`,
        remedy: 'make the data by INSERT … SELECT FROM generate_series()',
      };
    }
    const bytes = readFileSync(path);
    // A byte order mark is no part of the text; what is no UTF-8 is no text.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ok: true, path, text, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    return { ok: false, problem: problemOf(error), remedy: 'name a file of SQL, in UTF-8' };
  }
}

class NoRegularFile extends Error {
  override readonly name = 'NoRegularFile';
}

/** A pipe without a writer would never open. */
function requireRegular(path: string): { readonly size: number } {
  const found = statSync(path);
  if (!found.isFile()) throw new NoRegularFile('is no regular file');
  return found;
}

function problemOf(error: unknown): string {
  if (error instanceof NoRegularFile) return error.message;
  if (error instanceof TypeError) return 'is not UTF-8 text';
  return systemErrorCode(error) === 'ENOENT'
    ? 'does not exist'
    : `cannot be read: ${describeError(error)}`;
}
