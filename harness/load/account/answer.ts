import {
  ERROR_CLASSES,
  HEADERS,
  REFUSAL_REASONS,
  type RefusalReason,
} from '../../../server/contract.ts';
import { type AnswerRules, OWN_API_RULES } from '../client/answer-rules.ts';
import type { FailureClass } from '../client/failure-class.ts';
import { failureInWords } from './failure-in-words.ts';
import { parseServerTiming, type ServerTimingMs } from './server-timing.ts';

/** Counted for answers that name no worker, so that the sum over workers is still the total. */
const UNKNOWN_WORKER = 'unknown';

/** What an engine has to know of one HTTP answer. */
export interface Answer {
  /**
   * `null` of a right answer. `other` where the lab's own API named none of the closed set; of a service that named
   * none `http_` and the status.
   */
  readonly errorClass: FailureClass | null;
  /** Only of `too_many_connections`. */
  readonly refusalReason: RefusalReason | null;
  readonly worker: string;
  readonly serverTiming: ServerTimingMs;
}

const NO_TIMING: ServerTimingMs = {};

/** @param headers names and values in turn, names in any case */
export function readAnswer(
  statusCode: number,
  headers: readonly string[],
  rules: AnswerRules = OWN_API_RULES,
): Answer {
  let worker = UNKNOWN_WORKER;
  let className: string | null = null;
  let reason: string | null = null;
  let serverTiming = NO_TIMING;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const value = headers[index + 1] ?? '';
    switch (headers[index]?.toLowerCase()) {
      case HEADERS.worker:
        worker = value;
        break;
      case HEADERS.errorClass:
        className = value;
        break;
      case HEADERS.errorReason:
        reason = value;
        break;
      case HEADERS.serverTiming:
        serverTiming = parseServerTiming(value);
        break;
    }
  }
  if (rules.isRight(statusCode)) {
    return { errorClass: null, refusalReason: null, worker, serverTiming };
  }
  const unnamed = rules.foreign ? (`http_${statusCode}` as const) : 'other';
  const errorClass = ERROR_CLASSES.find((known) => known === className) ?? unnamed;
  const refusalReason =
    errorClass === 'too_many_connections'
      ? (REFUSAL_REASONS.find((known) => known === reason) ?? 'unknown')
      : null;
  return { errorClass, refusalReason, worker, serverTiming };
}

/** Only its body can tell more of this answer. */
export function isUnnamed({ errorClass }: Answer): boolean {
  return errorClass?.startsWith('http_') === true;
}

/**
 * The answer by what its body says, where its headers named nothing.
 *
 * @param body its beginning
 */
export function namedByBody(answer: Answer, body: string): Answer {
  const named = isUnnamed(answer) ? failureInWords(body) : null;
  return named === null ? answer : { ...answer, ...named };
}
