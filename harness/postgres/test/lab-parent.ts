import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Custodian } from '../../custodian.ts';
import { LAB_DIRECTORY_PARENT } from '../lab-directory.ts';

/** A directory of a test's own for the lab's, which the server's account can enter. */
export async function withLabParent<T>(use: (labParent: string) => Promise<T>): Promise<T> {
  const labParent = mkdtempSync(join(LAB_DIRECTORY_PARENT, 'pool-lab-test-'));
  chmodSync(labParent, 0o755);
  try {
    return await use(labParent);
  } finally {
    await rm(labParent, { recursive: true, force: true });
  }
}

/** Keeps in mind what is guarded, and does nothing about it. */
export function createRecordingCustodian(): Custodian & { readonly guarded: ReadonlySet<string> } {
  const guarded = new Set<string>();
  return {
    guarded,
    guard(resource) {
      const name =
        resource.kind === 'directory' ? resource.path : `${resource.kind} ${resource.pid}`;
      guarded.add(name);
      return () => guarded.delete(name);
    },
  };
}
