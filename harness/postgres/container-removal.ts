import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { askDocker, type DockerAnswer, parseJson } from './docker-api.ts';

/** Which lab a container belongs to: each has a value of its own. */
export const LAB_LABEL = 'pool-lab.lab';

/** Containers by the label they carry: known before there is one. */
export interface LabelledContainers {
  readonly socketPath: string;
  /** Value of `LAB_LABEL`. */
  readonly lab: string;
}

/** Removing one takes a few tenths of a second; a busy engine takes its time. */
const REMOVAL_DEADLINE_MS = 15_000;
const POLL_MS = 50;
/** The container is gone, or somebody else is removing it already. */
const GONE: readonly number[] = [204, 404, 409];

const listSchema = z.array(z.object({ Id: z.string() }));

/**
 * Ends and removes them with their nameless volumes, running or not. Resolves when none is left and
 * `settleMs` have passed: the engine may still be making one that it was asked for by a process that is gone.
 *
 * @throws Error when the engine does not answer, or one is still there after 15 s
 */
export async function removeContainers(
  { socketPath, lab }: LabelledContainers,
  settleMs = 0,
): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const ids = await listContainers({ socketPath, lab });
    const elapsedMs = performance.now() - startedMs;
    if (ids.length === 0 && elapsedMs >= settleMs) return;
    if (elapsedMs > settleMs + REMOVAL_DEADLINE_MS) {
      throw new Error(`${ids.length} containers are still there`);
    }
    const answers = await Promise.all(
      ids.map((id) =>
        askDocker(
          socketPath,
          { method: 'DELETE', path: `/containers/${id}?force=true&v=true` },
          REMOVAL_DEADLINE_MS,
        ),
      ),
    );
    const refused = answers.find(({ status }) => !GONE.includes(status));
    if (refused !== undefined) throw dockerError(refused);
    await delay(POLL_MS);
  }
}

export async function listContainers({
  socketPath,
  lab,
}: LabelledContainers): Promise<readonly string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${LAB_LABEL}=${lab}`] }));
  const answer = await askDocker(socketPath, {
    method: 'GET',
    path: `/containers/json?all=true&filters=${filters}`,
  });
  const parsed = listSchema.safeParse(parseJson(answer.text));
  if (answer.status !== 200 || !parsed.success) throw dockerError(answer);
  return parsed.data.map(({ Id }) => Id);
}

function dockerError({ status, text }: DockerAnswer): Error {
  return new Error(`Docker answers ${status}: ${text.trim().slice(0, 200)}`);
}
