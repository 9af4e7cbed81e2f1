import { dirname } from 'node:path';
import { systemErrorCode } from '../system-error.ts';
import { UNFINISHED_SUFFIX } from './run-layout.ts';
import type { OpenFile, StoreFiles } from './store-files.ts';

/**
 * Puts a file in its place whole or not at all: written beside it, made durable, renamed, and the name
 * made durable. A rest of an earlier attempt must have been removed.
 *
 * @throws what the file system says
 */
export function writeDurably(files: StoreFiles, path: string, bytes: Uint8Array): void {
  const unfinished = `${path}${UNFINISHED_SUFFIX}`;
  writeSynced(files, unfinished, bytes);
  files.rename(unfinished, path);
  syncDirectory(files, dirname(path));
}

/** A new file whose content is on the disk when this returns; its name may not be. */
export function writeSynced(files: StoreFiles, path: string, bytes: Uint8Array): void {
  withOpen(files.create(path), (file) => {
    writeWhole(file, bytes);
    file.sync();
  });
}

/** Until all of it is written: the system may take a part, and say why only when asked again. */
export function writeWhole(file: OpenFile, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0; ) {
    const written = file.write(rest);
    if (written === 0) throw Object.assign(new Error('EIO: nothing was written'), { code: 'EIO' });
    rest = rest.subarray(written);
  }
}

/** Afterwards the names in it survive a loss of power: those that are new, and those that are gone. */
export function syncDirectory(files: StoreFiles, path: string): void {
  withOpen(files.openDirectory(path), (directory) => directory.sync());
}

/** Somebody else may have removed it just before. */
export function removeIfThere(files: StoreFiles, path: string): void {
  try {
    files.remove(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * With all directories above it that are not there yet. Each is made durable before the next is made,
 * so that of those that are there only the last may be one that somebody made and was killed.
 */
export function makeDirectories(files: StoreFiles, path: string): void {
  const parent = dirname(path);
  try {
    files.makeDirectory(path);
    syncIfAllowed(files, dirname(parent));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') {
      syncIfAllowed(files, parent);
      return;
    }
    if (code !== 'ENOENT' || parent === path) throw error;
    makeDirectories(files, parent);
    files.makeDirectory(path);
  }
  syncDirectory(files, parent);
}

/** A directory that was there may also be as old as the machine, and closed to this account. */
function syncIfAllowed(files: StoreFiles, path: string): void {
  try {
    syncDirectory(files, path);
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

function withOpen<T extends Pick<OpenFile, 'close'>>(file: T, use: (file: T) => void): void {
  let failed = true;
  try {
    use(file);
    failed = false;
  } finally {
    // What made it fail counts; that it cannot even be closed then says nothing new.
    if (failed) closeQuietly(file);
  }
  file.close();
}

function closeQuietly(file: Pick<OpenFile, 'close'>): void {
  try {
    file.close();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}
