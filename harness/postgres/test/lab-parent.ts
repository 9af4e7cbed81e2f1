import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Custodian, GuardedResource } from '../../custodian.ts';
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

/** One for all tests of a file: what the first stages is there for the others. */
export function sharedLabParent(): { readonly path: string } {
  const opened = Promise.withResolvers<string>();
  const done = Promise.withResolvers<void>();
  const shared = { path: '' };
  let closed: Promise<void> = Promise.resolve();
  beforeAll(async () => {
    closed = withLabParent(async (path) => {
      opened.resolve(path);
      await done.promise;
    });
    shared.path = await opened.promise;
  });
  afterAll(async () => {
    done.resolve();
    await closed;
  });
  return shared;
}

/** Keeps in mind what is guarded, and does nothing about it. */
export function createRecordingCustodian(): Custodian & { readonly guarded: ReadonlySet<string> } {
  const guarded = new Set<string>();
  return {
    guarded,
    guard(resource) {
      const name = nameOf(resource);
      guarded.add(name);
      return () => guarded.delete(name);
    },
  };
}

function nameOf(resource: GuardedResource): string {
  switch (resource.kind) {
    case 'directory':
      return resource.path;
    case 'container':
      return `container ${resource.lab}`;
    case 'marked-processes':
      return `${resource.kind} ${resource.marker}`;
    default:
      return `${resource.kind} ${resource.pid}`;
  }
}
