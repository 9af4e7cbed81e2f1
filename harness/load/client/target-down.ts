import { US_PER_MS } from '../monotonic-clock.ts';

/** A target that refuses connections is not busy: nobody needs to wait for a slow answer. */
const REFUSED_FOR_MS = 5_000;

/**
 * Give the run up? When nothing was answered, not even by an error, for longer than a request may
 * take, or when connects fail for a few seconds without any answer in between.
 */
export function targetIsDown(
  seen: { readonly sinceAnswerUs: number; readonly sinceNotConnectedUs: number },
  targetDownMs: number,
): boolean {
  return (
    seen.sinceAnswerUs >= targetDownMs * US_PER_MS ||
    seen.sinceNotConnectedUs >= Math.min(REFUSED_FOR_MS, targetDownMs) * US_PER_MS
  );
}
