import type { Io } from '../io.ts';
import type { LabSurroundings } from '../runner/lab.ts';
import { poolLabVersion } from '../version.ts';

/** What a lab needs of the process a command runs in; which PostgreSQL it has, the command says. */
export function labDeps({ env, signal, redactor, stderr }: Io, labParent: string): LabSurroundings {
  const warn = (sentence: string): void => stderr.write(`${sentence}\n`);
  return { poolLabVersion: poolLabVersion(), env, signal, redactor, labParent, warn };
}
