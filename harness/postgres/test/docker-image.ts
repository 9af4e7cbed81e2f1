import { describeError } from '../../system-error.ts';
import type { Detection } from '../../test/optional-part.ts';
import { askDocker, dockerVersion } from '../docker-api.ts';
import { locateDockerSocket } from '../docker-socket.ts';

export interface DockerImage {
  readonly socketPath: string;
  readonly image: string;
}

/** What CI sets where it made an image of PostgreSQL without a registry. */
const IMAGE_ENV = 'POOL_LAB_DOCKER_IMAGE';
/** Of PostgreSQL 15, the oldest that is supported; the first that is there without a download. */
const USUAL_IMAGES = ['pool-lab/postgres:15', 'postgres:15'];

/** For `optional('docker', …)`: an engine, and an image of PostgreSQL that is there already. */
export async function detectDockerImage(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Detection<DockerImage>> {
  const named = env[IMAGE_ENV];
  const images = named === undefined ? USUAL_IMAGES : [named];
  try {
    const socketPath = locateDockerSocket(env);
    await dockerVersion(socketPath);
    for (const image of images) {
      const { status } = await askDocker(socketPath, {
        method: 'GET',
        path: `/images/${image}/json`,
      });
      if (status === 200) return { state: 'present', thing: { socketPath, image } };
    }
    return absent(`Docker has no image ${images.join(' or ')}`);
  } catch (error) {
    return absent(describeError(error));
  }
}

function absent(reason: string): Detection<DockerImage> {
  return {
    state: 'absent',
    reason,
    remedy: `start Docker and pull it, or name another image of PostgreSQL in ${IMAGE_ENV}`,
  };
}
