import { errorBodySchema, HEADERS, VALIDATE_ONLY_HEADER } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import type { LoadRequest } from '../load/load-engine.ts';
import { describeError } from '../system-error.ts';

/** No database is asked for it, but a worker that others keep busy takes its time. */
const ANSWER_DEADLINE_MS = 10_000;

/**
 * The API knows its workloads' parameters; a wrong one is refused before there is any load, and so is what
 * is no API of this project.
 *
 * @param deadlineMs default: 10,000
 * @throws LabError CONFIG_INVALID in the API's own words, REFUSED_TARGET, SERVER_NOT_READY
 */
export async function requireValidParameters(
  { origin, path }: Pick<LoadRequest, 'origin' | 'path'>,
  signal: AbortSignal,
  deadlineMs = ANSWER_DEADLINE_MS,
): Promise<void> {
  const response = await ask(new URL(path, origin), signal, deadlineMs);
  if (!response.isOfWorker) {
    throw new LabError('REFUSED_TARGET', {
      message: `what answers at ${origin} is no API of pool-lab`,
      hint: 'give the address of one that pool-lab up has started; nothing else is put under load',
    });
  }
  if (response.ok) return;
  const { error } = errorBodySchema.parse(JSON.parse(response.text));
  throw new LabError('CONFIG_INVALID', {
    message: `the API refuses the workload's parameters: ${error.message}`,
    hint: 'The README lists the parameters of each workload; give them as --param name=value.',
  });
}

interface Answer {
  readonly isOfWorker: boolean;
  readonly ok: boolean;
  /** Empty where it is nobody's of ours: a stranger's answer may have no end. */
  readonly text: string;
}

async function ask(url: URL, signal: AbortSignal, deadlineMs: number): Promise<Answer> {
  const ending = new AbortController();
  try {
    const response = await fetch(url, {
      headers: { [VALIDATE_ONLY_HEADER]: '1', connection: 'close' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, ending.signal, AbortSignal.timeout(deadlineMs)]),
    });
    const { ok, headers } = response;
    const isOfWorker = headers.has(HEADERS.worker);
    return { isOfWorker, ok, text: isOfWorker ? await response.text() : '' };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new LabError('SERVER_NOT_READY', {
      message: `no API answers at ${url.origin}: ${describeError(reason)}`,
      hint: 'Is it running? Is that the port of its workloads, and not the one of its metrics or of its database?',
      cause: error,
    });
  } finally {
    ending.abort();
  }
}
