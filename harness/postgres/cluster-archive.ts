import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { SpareFiles } from './spare-files.ts';

/*
 * A cluster that was never started, as one file: length of the index, the index, contents in the
 * index's order. One file is complete or not there, and a hundred times faster to make and to
 * delete than the 1,300 it holds.
 *
 * Files are read and written synchronously, some at a time: asynchronous calls take several times as
 * long for small files. Each turn of the event loop is blocked for about 10 ms.
 */
const indexSchema = z.strictObject({
  directories: z.array(z.string()),
  files: z.array(z.tuple([z.string(), z.int().min(0)])),
});

const LENGTH_BYTES = 4;
const FILES_PER_TURN = 100;

/** Replaces what stands there in one step. The cluster must not be running. */
export async function packCluster(dataPath: string, archivePath: string): Promise<void> {
  const { directories, paths } = listCluster(dataPath);
  const contents: Buffer[] = [];
  for (const [number, path] of paths.entries()) {
    if (number % FILES_PER_TURN === 0) await nextTurn();
    contents.push(readPlainFile(join(dataPath, path)));
  }
  const files = paths.map((path, number) => [path, contents[number]?.length ?? 0]);
  const index = Buffer.from(JSON.stringify({ directories, files }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(index.length);
  const unfinished = `${archivePath}.${process.pid}`;
  try {
    const file = openSync(unfinished, 'wx', 0o600);
    try {
      for (const part of [length, index, ...contents]) writeAll(file, part);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, archivePath);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Relative paths, each directory before what is in it. Links are left out, and not followed. */
function listCluster(dataPath: string): { directories: string[]; paths: string[] } {
  const directories: string[] = [];
  const paths: string[] = [];
  const open = [''];
  for (let inside = open.shift(); inside !== undefined; inside = open.shift()) {
    for (const entry of readdirSync(join(dataPath, inside), { withFileTypes: true })) {
      const path = join(inside, entry.name);
      if (entry.isFile()) paths.push(path);
      if (!entry.isDirectory()) continue;
      directories.push(path);
      open.push(path);
    }
  }
  return { directories, paths };
}

/** The server's account could have put a link there since the directory was read. */
function readPlainFile(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

export interface Unpacking {
  readonly archivePath: string;
  /** Made here; with everything in it only its owner may enter. */
  readonly dataPath: string;
  /** `null`: whoever unpacks. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Files to use instead of new ones. */
  readonly spares: SpareFiles;
}

/** @returns `false` when there is no archive, or it is not whole; then nothing was made */
export async function unpackCluster(unpacking: Unpacking): Promise<boolean> {
  const { archivePath, dataPath, owner, spares } = unpacking;
  const archive = readArchive(archivePath);
  if (archive === null) return false;
  const directories = ['', ...archive.directories].map((path) => join(dataPath, path));
  for (const path of directories) mkdirSync(path, { mode: 0o700 });
  for (const [number, { path, content }] of archive.files.entries()) {
    if (number % FILES_PER_TURN === 0) await nextTurn();
    writeFile(join(dataPath, path), content, { owner, spares });
  }
  // Inner ones first: only when a directory is filled may its owner put something into our way.
  for (const path of directories.toReversed()) {
    chmodSync(path, 0o700);
    if (owner !== null) chownSync(path, owner.uid, owner.gid);
  }
  return true;
}

interface Archive {
  readonly directories: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
}

function readArchive(path: string): Archive | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    // Not there, or not readable: either way it is made again, and if that fails, that is told.
    return null;
  }
  if (bytes.length < LENGTH_BYTES) return null;
  const indexEnd = LENGTH_BYTES + bytes.readUInt32LE();
  const index = indexSchema.safeParse(parseJson(bytes.toString('utf8', LENGTH_BYTES, indexEnd)));
  if (!index.success) return null;
  const files: { path: string; content: Buffer }[] = [];
  let offset = indexEnd;
  for (const [file, size] of index.data.files) {
    files.push({ path: file, content: bytes.subarray(offset, offset + size) });
    offset += size;
  }
  return offset === bytes.length ? { directories: index.data.directories, files } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function writeFile(
  path: string,
  content: Buffer,
  { owner, spares }: Pick<Unpacking, 'owner' | 'spares'>,
): void {
  const create = spares.take(path) ? 0 : constants.O_CREAT | constants.O_EXCL;
  const file = openSync(path, create | constants.O_WRONLY | constants.O_NOFOLLOW, 0o600);
  try {
    writeAll(file, content);
    // The umask of whoever runs the lab must not matter.
    fchmodSync(file, 0o600);
    if (owner !== null) fchownSync(file, owner.uid, owner.gid);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, content: Buffer): void {
  for (let written = 0; written < content.length; ) {
    written += writeSync(file, content, written);
  }
}
