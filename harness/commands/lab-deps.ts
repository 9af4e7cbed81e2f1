import type { Io } from '../io.ts';
import type { LabDeps } from '../runner/lab.ts';
import { poolLabVersion } from '../version.ts';

/** What a lab needs of the process a command runs in. */
export function labDeps({ env, signal, redactor, stderr }: Io, labParent: string): LabDeps {
  const warn = (sentence: string): void => stderr.write(`${sentence}\n`);
  return { poolLabVersion: poolLabVersion(), env, signal, redactor, labParent, warn };
}
