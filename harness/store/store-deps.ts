import { DISK_FILES } from './disk-files.ts';
import { type LockOwners, MACHINE_OWNERS } from './lock-owner.ts';
import type { StoreFiles } from './store-files.ts';

/** What the store needs of the world. */
export interface StoreDeps {
  readonly files: StoreFiles;
  readonly owners: LockOwners;
  /** Wall clock, for labels only. */
  readonly now: () => Date;
}

export const MACHINE_STORE: StoreDeps = {
  files: DISK_FILES,
  owners: MACHINE_OWNERS,
  now: () => new Date(),
};
