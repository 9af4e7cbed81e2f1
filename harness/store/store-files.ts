/**
 * What the store asks of a file system, one system call a method, so that a test can let any of them
 * fail. Everything throws what the system says, with its `code`.
 */
export interface StoreFiles {
  /** Makes one directory, whose parent is there. `EEXIST` when something has that name. */
  makeDirectory(path: string): void;
  /** Names in a directory, in no order. */
  list(path: string): readonly string[];
  /**
   * A whole regular file. A link is not followed (`ELOOP`), and neither a pipe nor a device waited for;
   * `EFBIG` beyond `bytesMax`.
   */
  read(path: string, bytesMax: number): Buffer;
  /** A new file. `EEXIST` when something has that name, be it a link. */
  create(path: string): OpenFile;
  /** What is written goes to the end. Made when it is not there; a link is not followed. */
  openToAppend(path: string): OpenFile;
  /** Whether there is a directory with this name itself, and not a link to one. */
  isDirectory(path: string): boolean;
  /** Only to make its names durable. */
  openDirectory(path: string): Pick<OpenFile, 'sync' | 'close'>;
  /** Takes the place of what had the new name, in one step. */
  rename(from: string, to: string): void;
  /** A second name for a file. `EEXIST` when something has that name. */
  link(existing: string, added: string): void;
  remove(path: string): void;
}

export interface OpenFile {
  /** How many of the bytes were written, which may be fewer than given. */
  write(bytes: Uint8Array): number;
  truncate(bytes: number): void;
  /** Returns when content and size are on the disk. */
  sync(): void;
  close(): void;
}
