import { get } from 'node:http';
import { systemErrorCode } from '../system-error.ts';

/** What asking once came to. */
export type Answer =
  | { readonly kind: 'status'; readonly status: number }
  /** Nobody listens there. */
  | { readonly kind: 'refused' }
  /** Taken, and not answered within the time. */
  | { readonly kind: 'silent' }
  /** Taken, and closed or answered by something that is not HTTP. */
  | { readonly kind: 'broken'; readonly code: string };

/** The first status that says "not ready"; a redirect is an answer, and is not followed. */
const NOT_READY_STATUS = 400;

export function isReady(answer: Answer): boolean {
  return answer.kind === 'status' && answer.status < NOT_READY_STATUS;
}

/**
 * Asks a path of a loopback port once, on a connection of its own that does not outlive it. Of the answer only the status is
 * looked at.
 */
export function askOnce({
  port,
  path,
  deadlineMs,
  signal,
}: {
  readonly port: number;
  readonly path: string;
  readonly deadlineMs: number;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}): Promise<Answer> {
  return new Promise((resolve) => {
    const request = get({
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      headers: { connection: 'close', accept: '*/*' },
      ...(signal === undefined ? {} : { signal }),
    });
    const timer = setTimeout(() => settle({ kind: 'silent' }), deadlineMs);
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(answer);
    };
    request.once('response', ({ statusCode = 0 }) => {
      settle({ kind: 'status', status: statusCode });
    });
    // A socket that is destroyed above may say so once more.
    request.on('error', (error) => {
      const code = systemErrorCode(error) ?? 'unknown';
      settle(code === 'ECONNREFUSED' ? { kind: 'refused' } : { kind: 'broken', code });
    });
  });
}
