import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { OpenFile, StoreFiles } from './store-files.ts';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } =
  constants;

/** Nothing in a run directory is secret; others on the machine may read it. */
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

/** The machine's own file system. Only importer of `node:fs` in the store. */
export const DISK_FILES: StoreFiles = {
  makeDirectory: (path) => {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  },
  list: (path) => readdirSync(path),
  isDirectory: (path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  read: (path, bytesMax) => {
    // Without O_NONBLOCK opening a pipe would wait for somebody to write into it.
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) throw refusal('EINVAL', 'is not a regular file', path);
      if (stat.size > bytesMax) throw refusal('EFBIG', `is larger than ${bytesMax} bytes`, path);
      return readWhole(fd, stat.size);
    } finally {
      closeSync(fd);
    }
  },
  create: (path) => openFile(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE)),
  openToAppend: (path) =>
    openFile(openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, FILE_MODE)),
  openDirectory: (path) => openFile(openSync(path, O_RDONLY | O_DIRECTORY)),
  rename: renameSync,
  link: linkSync,
  remove: unlinkSync,
};

function openFile(fd: number): OpenFile {
  return {
    write: (bytes) => writeSync(fd, bytes),
    truncate: (bytes) => ftruncateSync(fd, bytes),
    sync: () => fsyncSync(fd),
    close: () => closeSync(fd),
  };
}

/** As long as it was when it was opened: what is appended meanwhile is left out. */
function readWhole(fd: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, bytes, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function refusal(code: string, what: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path} ${what}`), { code });
}
