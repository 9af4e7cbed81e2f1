/** Magic numbers of statfs(2) on Linux for what a data directory usually lies on. */
const LINUX_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlayfs'],
  [0x2fc12fc1, 'zfs'],
  [0x6969, 'nfs'],
]);

/**
 * Name of a file system by its type number; the number itself where it is not a known one. It
 * decides what an fsync costs, so a result says it.
 */
export function fileSystemName(type: number): string {
  return LINUX_FILE_SYSTEMS.get(type) ?? `0x${type.toString(16)}`;
}
