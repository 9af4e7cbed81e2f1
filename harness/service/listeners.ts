import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { systemErrorCode } from '../system-error.ts';

/** Of `enum tcp_states` in the kernel. */
const LISTEN = '0A';

/** Where a process takes connections. */
export interface Listener {
  /** As text, e.g. `127.0.0.1`, `::`. */
  readonly address: string;
  readonly port: number;
}

/** Where these processes listen by TCP; `null` where the system does not tell. */
export function listenersOf(pids: readonly number[]): readonly Listener[] | null {
  if (process.platform !== 'linux') return null;
  const inodes = new Set(pids.flatMap(socketInodesOf));
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => textOf(path) ?? '');
  const found = new Map<string, Listener>();
  for (const { inode, ...listener } of tables.flatMap(listenersIn)) {
    if (inodes.has(inode)) found.set(`${listener.address} ${listener.port}`, listener);
  }
  return [...found.values()].sort((a, b) => a.port - b.port);
}

/** Of the table of sockets that proc_pid_net(5) describes; each word of an address is in the machine's own order. */
export function listenersIn(table: string): readonly (Listener & { readonly inode: string })[] {
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const [hexAddress, hexPort] = local?.split(':') ?? [];
    if (state !== LISTEN || hexAddress === undefined || hexPort === undefined) return [];
    return [
      {
        address: addressOf(hexAddress),
        port: Number.parseInt(hexPort, 16),
        inode: inode ?? '',
      },
    ];
  });
}

function addressOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  // Every architecture that Node runs on with a PostgreSQL of the lab's is little-endian.
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = bytes.flatMap((byte, index) =>
    index % 2 === 0
      ? [`${byte}${bytes[index + 1] ?? ''}`.toLowerCase().replace(/^0{1,3}/, '')]
      : [],
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function socketInodesOf(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  const names = ifThere(() => readdirSync(directory)) ?? [];
  return names.flatMap((name) => {
    const target = ifThere(() => readlinkSync(`${directory}/${name}`));
    return target?.match(/^socket:\[(\d+)\]$/)?.[1] ?? [];
  });
}

function textOf(path: string): string | null {
  return ifThere(() => readFileSync(path, 'latin1'));
}

/** A process may end, or become somebody else's, while it is looked at; a kernel may have no IPv6. */
function ifThere<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}
