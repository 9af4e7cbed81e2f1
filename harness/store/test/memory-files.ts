import { basename, dirname } from 'node:path';
import type { OpenFile, StoreFiles } from '../store-files.ts';

interface MemoryFile {
  readonly kind: 'file';
  content: Buffer;
  /** What is on the disk. */
  durable: Buffer;
}

interface MemoryDirectory {
  readonly kind: 'directory';
  entries: Map<string, MemoryNode>;
  durable: ReadonlyMap<string, MemoryNode>;
}

type MemoryNode = MemoryFile | MemoryDirectory;

export interface MemoryFiles extends StoreFiles {
  /**
   * What was not made durable is lost. With `random` (0 to 1) each such name and content may have come
   * to the disk or not, or a content in part.
   */
  losePower(random?: () => number): void;
  /** Replaces what is there, durably: damage, or what a user did. */
  put(path: string, content: string): void;
  text(path: string): string;
}

/** A file system that keeps no promise which a sync did not get out of it. `/runs` is there. */
export function createMemoryFiles(): MemoryFiles {
  const root: MemoryDirectory = emptyDirectory();
  const runs = emptyDirectory();
  root.entries.set('runs', runs);
  root.durable = new Map(root.entries);

  const find = (path: string): MemoryNode => {
    if (path === '/') return root;
    const found = directoryAt(dirname(path)).entries.get(basename(path));
    if (found === undefined) throw failure('ENOENT', path);
    return found;
  };
  const directoryAt = (path: string): MemoryDirectory => {
    const found = find(path);
    if (found.kind !== 'directory') throw failure('ENOTDIR', path);
    return found;
  };
  const fileAt = (path: string): MemoryFile => {
    const found = find(path);
    if (found.kind !== 'file') throw failure('EISDIR', path);
    return found;
  };
  const add = <T extends MemoryNode>(path: string, node: T): T => {
    const { entries } = directoryAt(dirname(path));
    if (entries.has(basename(path))) throw failure('EEXIST', path);
    entries.set(basename(path), node);
    return node;
  };
  const take = (path: string): MemoryNode => {
    const node = find(path);
    directoryAt(dirname(path)).entries.delete(basename(path));
    return node;
  };
  const openToAppend = (path: string): OpenFile => {
    const there = directoryAt(dirname(path)).entries.has(basename(path));
    return openMemoryFile(there ? fileAt(path) : add(path, emptyFile()));
  };

  return {
    makeDirectory: (path) => {
      add(path, emptyDirectory());
    },
    list: (path) => [...directoryAt(path).entries.keys()],
    read: (path) => Buffer.from(fileAt(path).content),
    create: (path) => openMemoryFile(add(path, emptyFile())),
    openToAppend,
    isDirectory: (path) => find(path).kind === 'directory',
    openDirectory: (path) => {
      const directory = directoryAt(path);
      return {
        sync: () => {
          directory.durable = new Map(directory.entries);
        },
        close: () => undefined,
      };
    },
    rename: (from, to) => {
      const node = take(from);
      directoryAt(dirname(to)).entries.set(basename(to), node);
    },
    link: (existing, added) => {
      add(added, fileAt(existing));
    },
    remove: (path) => {
      take(path);
    },
    losePower: (random = () => 0) => settle(root, random),
    put: (path, content) => {
      const directory = directoryAt(dirname(path));
      const node: MemoryFile = { kind: 'file', content: Buffer.from(content), durable: NOTHING };
      node.durable = node.content;
      directory.entries.set(basename(path), node);
      directory.durable = new Map([...directory.durable, [basename(path), node]]);
    },
    text: (path) => fileAt(path).content.toString('utf8'),
  };
}

const NOTHING = Buffer.alloc(0);
const emptyFile = (): MemoryFile => ({ kind: 'file', content: NOTHING, durable: NOTHING });
const emptyDirectory = (): MemoryDirectory => ({
  kind: 'directory',
  entries: new Map(),
  durable: new Map(),
});

function openMemoryFile(file: MemoryFile): OpenFile {
  return {
    write: (bytes) => {
      file.content = Buffer.concat([file.content, bytes]);
      return bytes.length;
    },
    truncate: (bytes) => {
      file.content = file.content.subarray(0, bytes);
    },
    sync: () => {
      file.durable = file.content;
    },
    close: () => undefined,
  };
}

/** Leaves what the disk has after the power was gone. */
function settle(node: MemoryNode, random: () => number): void {
  if (node.kind === 'file') {
    node.content = settledContent(node, random);
    node.durable = node.content;
    return;
  }
  const names = new Set([...node.entries.keys(), ...node.durable.keys()]);
  const entries = new Map<string, MemoryNode>();
  for (const name of names) {
    const [before, after] = [node.durable.get(name), node.entries.get(name)];
    const kept = before === after || random() < 0.5 ? before : after;
    if (kept === undefined) continue;
    entries.set(name, kept);
    settle(kept, random);
  }
  node.entries = entries;
  node.durable = new Map(entries);
}

function settledContent({ content, durable }: MemoryFile, random: () => number): Buffer {
  if (content.equals(durable)) return content;
  const appended = content.subarray(0, durable.length).equals(durable);
  const share = random();
  if (!appended) return share < 0.5 ? durable : content;
  const part = Math.floor((content.length - durable.length + 1) * share);
  return content.subarray(0, durable.length + part);
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
