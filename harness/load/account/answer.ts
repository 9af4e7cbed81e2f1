import {
  ERROR_CLASSES,
  type ErrorClass,
  HEADERS,
  REFUSAL_REASONS,
  type RefusalReason,
} from '../../../server/contract.ts';
import { parseServerTiming, type ServerTimingMs } from './server-timing.ts';

/** Counted for answers that name no worker, so that the sum over workers is still the total. */
const UNKNOWN_WORKER = 'unknown';

/** What an engine has to know of one HTTP answer. */
export interface Answer {
  /** `null` below 400; `other` where the server named none of the closed set. */
  readonly errorClass: ErrorClass | null;
  /** Only of `too_many_connections`. */
  readonly refusalReason: RefusalReason | null;
  readonly worker: string;
  readonly serverTiming: ServerTimingMs;
}

const NO_TIMING: ServerTimingMs = {};

/** @param headers names and values in turn, names in any case */
export function readAnswer(statusCode: number, headers: readonly string[]): Answer {
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
  if (statusCode < 400) return { errorClass: null, refusalReason: null, worker, serverTiming };
  const errorClass = ERROR_CLASSES.find((known) => known === className) ?? 'other';
  const refusalReason =
    errorClass === 'too_many_connections'
      ? (REFUSAL_REASONS.find((known) => known === reason) ?? 'unknown')
      : null;
  return { errorClass, refusalReason, worker, serverTiming };
}
