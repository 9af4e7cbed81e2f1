import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Detection } from '../../../harness/test/optional-part.ts';

const run = promisify(execFile);

/** What CI sets where it made a PostgreSQL image without a registry. */
const IMAGE_ENV = 'POOL_LAB_DOCKER_IMAGE';

/** For `optional('docker', …)`: an engine, and an image of PostgreSQL that is there without a download. */
export async function detectDockerPostgres(
  env: Readonly<Record<string, string | undefined>>,
  composedImage: string,
): Promise<Detection<{ readonly image: string }>> {
  const image = env[IMAGE_ENV] ?? composedImage;
  try {
    await run('docker', ['info']);
    await run('docker', ['image', 'inspect', image]);
    return { state: 'present', thing: { image } };
  } catch (error) {
    return {
      state: 'absent',
      reason: `no Docker engine with the image ${image} (${firstLineOf(error)})`,
      remedy: `start Docker and pull it, or name another image of PostgreSQL in ${IMAGE_ENV}`,
    };
  }
}

/** How a container of these tests is told from everybody else's. */
const LABEL = 'pool-lab.test';
const POLL_MS = 200;

export interface Container extends AsyncDisposable {
  /** Resolves when Docker calls it healthy; rejects with its log when it ends or the time is over. */
  healthy(deadlineMs: number): Promise<void>;
  /** Of its main process, as far as it has written any. */
  log(): Promise<string>;
}

/**
 * A container in the background, removed with its nameless volumes when disposed of.
 *
 * @param line what follows `docker run` and the options given here
 */
export async function startContainer(
  line: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Container> {
  const { stdout } = await run(
    'docker',
    ['run', '--detach', `--label=${LABEL}=${process.pid}`, ...line],
    { env: { ...process.env, ...env } },
  );
  const id = stdout.trim();
  const log = async (): Promise<string> => {
    const written = await run('docker', ['logs', id]);
    return written.stdout + written.stderr;
  };
  return {
    log,
    async healthy(deadlineMs) {
      const giveUpAt = performance.now() + deadlineMs;
      for (;;) {
        const { stdout: state } = await run('docker', [
          'inspect',
          '--format={{.State.Status}} {{.State.Health.Status}}',
          id,
        ]);
        if (state.trim() === 'running healthy') return;
        if (!state.startsWith('running') || performance.now() > giveUpAt) {
          throw new Error(`the container is ${state.trim()}:\n${await log()}`);
        }
        await delay(POLL_MS);
      }
    },
    async [Symbol.asyncDispose]() {
      await run('docker', ['rm', '--force', '--volumes', id]);
    },
  };
}

function firstLineOf(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim().split('\n', 1)[0] ?? '';
}
