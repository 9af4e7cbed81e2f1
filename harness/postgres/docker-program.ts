import { LabError } from '../lab-error.ts';
import { dockerVersion } from './docker-api.ts';
import { locateDockerSocket } from './docker-socket.ts';

/**
 * For whoever is about to start something that needs it.
 *
 * @throws LabError DOCKER_UNAVAILABLE
 */
export async function requireDocker(
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await dockerVersion(locateDockerSocket(env));
}

/** Whether PostgreSQL can be had in a container, which the lab can do without. */
export async function lookForDocker(env: Readonly<Record<string, string | undefined>>): Promise<{
  readonly name: string;
  readonly found: boolean;
  readonly detail: string;
  readonly remedy: string;
}> {
  const name = 'Docker';
  const use = 'for `--postgres docker`';
  try {
    const socketPath = locateDockerSocket(env);
    const version = await dockerVersion(socketPath);
    return { name, found: true, detail: `version ${version} at ${socketPath}, ${use}`, remedy: '' };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { name, found: false, detail: `only ${use}: ${error.message}`, remedy: error.hint };
  }
}
