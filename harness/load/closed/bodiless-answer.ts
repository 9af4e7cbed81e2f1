import type { AutocannonClient, AutocannonResponseHead } from './autocannon-adapter.ts';

/**
 * Has this answer no body, whatever its head says? The parser knows neither the request's method nor all statuses
 * that have none. One that announces a body all the same may send it: its connection is not to be used again.
 *
 * To be asked when the head is complete; it corrects what the parser concluded from it.
 */
export function isBodiless(
  head: AutocannonResponseHead,
  parser: AutocannonClient['parser'],
  method: string | undefined,
): boolean {
  const { statusCode } = head;
  if (statusCode === 204 || statusCode === 304) {
    if (parser.isChunked || parser.body_bytes !== 0) head.shouldKeepAlive = false;
    return true;
  }
  if (statusCode < 200 || method !== 'HEAD') return false;
  // What a HEAD request's answer announces is the length that another one would have had.
  parser.body_bytes = 0;
  head.shouldKeepAlive = parser.shouldKeepAlive();
  return true;
}
