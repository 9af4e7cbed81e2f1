import { join } from 'node:path';
import { CONTAINER_MARKS } from '../../server/contract.ts';
import { openLabDirectory } from '../postgres/lab-directory.ts';

/** Variables a child process may inherit; NODE_OPTIONS among others would change what is measured. */
const INHERITED = [
  'PATH',
  'TMPDIR',
  'TZ',
  // Whom the harness trusts, the API has to trust as well: both verify the database's certificate.
  'NODE_EXTRA_CA_CERTS',
  CONTAINER_MARKS.env,
] as const;

/**
 * Children compile the same sources at every start; Node's compile cache, kept among the lab's other
 * caches, saves a third of a worker's start.
 */
export function childEnvironment({
  env,
  labParent,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Parent of the lab's own directory. */
  readonly labParent: string;
}): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {
    NODE_COMPILE_CACHE: join(openLabDirectory(labParent).cachePath, 'compiled'),
  };
  for (const name of INHERITED) {
    const value = env[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}
