import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../lab-error.ts';

const DOCKER_HOST_ENV = 'DOCKER_HOST';

/** What Docker itself and testcontainers look at, in testcontainers' order. */
function usualSockets(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const runtimeDirectory = env['XDG_RUNTIME_DIR'] ?? '';
  const home = homedir();
  return [
    '/var/run/docker.sock',
    ...(runtimeDirectory === '' ? [] : [join(runtimeDirectory, 'docker.sock')]),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    `/run/user/${userInfo().uid}/docker.sock`,
  ];
}

/**
 * The socket of this machine's Docker: that of DOCKER_HOST, else the first of the usual ones that is there.
 * Whether anybody listens on it, asking tells.
 *
 * @throws LabError DOCKER_UNAVAILABLE where there is none, or DOCKER_HOST leads elsewhere: a port that is
 * published on loopback there is not reachable here, and one that is published otherwise is open to others
 */
export function locateDockerSocket(
  env: Readonly<Record<string, string | undefined>>,
  sockets: readonly string[] = usualSockets(env),
): string {
  const host = env[DOCKER_HOST_ENV] ?? '';
  if (host !== '') {
    const path = /^unix:\/\/(\/.+)$/.exec(host)?.[1];
    if (path !== undefined) return path;
    throw new LabError('DOCKER_UNAVAILABLE', {
      message: `${DOCKER_HOST_ENV} is not a socket of this machine (${withoutUser(host)}), and PostgreSQL in a container is published on the loopback of the machine that Docker runs on`,
      hint: `leave ${DOCKER_HOST_ENV} unset, or give unix:///path; a PostgreSQL on another machine is used with --postgres url`,
    });
  }
  const found = sockets.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new LabError('DOCKER_UNAVAILABLE', {
    message: `there is no Docker here: no socket at ${sockets[0] ?? 'any path'}, nor at the other usual places`,
    hint: `install Docker and start it, give its socket in ${DOCKER_HOST_ENV} (unix:///path), or use --postgres embedded`,
  });
}

/** `ssh://user@host` and `tcp://user:password@host` name more than the message needs. */
function withoutUser(host: string): string {
  return host.replace(/\/\/.*@/, '//');
}
