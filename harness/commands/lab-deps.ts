import type { Io } from '../io.ts';
import type { LabDeps } from '../runner/lab.ts';
import { poolLabVersion } from '../version.ts';

/** What a lab needs of the process a command runs in. */
export function labDeps({ env, signal, redactor }: Io, labParent: string): LabDeps {
  return { poolLabVersion: poolLabVersion(), env, signal, redactor, labParent };
}
