import { request } from 'node:http';
import { z } from 'zod';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

/** Docker Engine's API over its socket, as far as it is needed where a client library would be too much. */
export interface DockerAnswer {
  readonly status: number;
  readonly text: string;
}

/** Nothing that is asked here takes long, but a daemon may be busy with somebody else's image. */
const ANSWER_DEADLINE_MS = 10_000;
/** Lists and errors are short; whatever is longer is not read. */
const ANSWER_CHARACTERS_MAX = 1_000_000;

/** @throws Error of the system when nobody answers, or not in time */
export function askDocker(
  socketPath: string,
  { method, path }: { readonly method: 'GET' | 'DELETE'; readonly path: string },
  deadlineMs: number = ANSWER_DEADLINE_MS,
): Promise<DockerAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      // A connection of its own: a pooled one would be left open.
      { socketPath, method, path, agent: false, signal: AbortSignal.timeout(deadlineMs) },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < ANSWER_CHARACTERS_MAX) text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}

const versionSchema = z.object({ Version: z.string(), ApiVersion: z.string().optional() });

/**
 * The engine's version, e.g. `28.2.2`.
 *
 * @throws LabError DOCKER_UNAVAILABLE
 */
export async function dockerVersion(socketPath: string): Promise<string> {
  let answer: DockerAnswer;
  try {
    answer = await askDocker(socketPath, { method: 'GET', path: '/version' });
  } catch (cause) {
    throw explainNoAnswer(socketPath, cause);
  }
  const parsed = versionSchema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data.Version;
  throw new LabError('DOCKER_UNAVAILABLE', {
    message: `what listens at ${socketPath} is no Docker engine: it answers ${answer.status}`,
    hint: 'give the socket of one in DOCKER_HOST (unix:///path), or use --postgres embedded',
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why nobody answered. Exported for what cannot be brought about everywhere. */
export function explainNoAnswer(socketPath: string, cause: unknown): LabError {
  const code = systemErrorCode(cause);
  if (code === 'EACCES' || code === 'EPERM') {
    return new LabError('DOCKER_UNAVAILABLE', {
      message: `this account may not use Docker: no permission on ${socketPath}`,
      hint: 'add it to the group docker and log in again, use rootless Docker, or use --postgres embedded',
      cause,
    });
  }
  // Only the deadline aborts.
  const late = code === 'ABORT_ERR';
  return new LabError('DOCKER_UNAVAILABLE', {
    message: late
      ? `Docker does not answer within ${ANSWER_DEADLINE_MS / 1_000} s at ${socketPath}`
      : `Docker is not running: nobody answers at ${socketPath} (${code ?? describeError(cause)})`,
    hint: 'start it (systemctl start docker, or Docker Desktop), or use --postgres embedded',
    cause,
  });
}
