import type { LoopTurns } from './loop-turns.ts';

/** Steps by which the usual time is corrected: it follows the median, whatever the outliers are. */
const USUAL_STEP = 1.05;
/** So many answers are taken from the middle of their spans; the median of those is the first guess. */
const FIRST_GUESS_ANSWERS = 9;
/** No answer comes over a socket in less; the usual time must be able to grow again by factors. */
const USUAL_MS_MIN = 0.01;

/**
 * How late the event loop took up what came over one connection. Time between question and answer is
 * divided without a rest into the other side's, and the loop's after it.
 *
 * An answer that was found by a busy loop came somewhere in a known span. Taking its middle would blame a
 * fast other side for half of every turn: questions asked late in a turn are answered soon after, and
 * found in the next turn all the same. So the usual time of an answer is learned from all spans (exact
 * ones of a loop that slept, else by which spans it fits into), and the answer is taken to have come after
 * that time, or where its span is nearest to it. Spans that never change teach nothing, and leave it at
 * their middle.
 *
 * Not seen: how late a timer or the question itself was, since nobody outside waits for the loop then.
 * Of an answer in several pieces, those after the first are taken from the middle of their span.
 */
export class AnswerLateness {
  readonly #turns: LoopTurns;
  /** The question, or the piece of an answer before. */
  #sinceMs: number;
  #isAsked = true;
  #usualMs: number | null = null;
  readonly #firstMs: number[] = [];
  #totalMs = 0;

  /** The opening of the connection is the first question. */
  constructor(turns: LoopTurns) {
    this.#turns = turns;
    this.#sinceMs = turns.nowMs;
  }

  /** Sum since the connection was made. */
  get totalMs(): number {
    return this.#totalMs;
  }

  /** Something is sent; of several pieces without an answer between them the first counts. */
  asked(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#sinceMs = this.#turns.nowMs;
  }

  /** Something has come, and is about to be handled. */
  answered(): void {
    const nowMs = this.#turns.takeUp();
    const sinceMs = this.#sinceMs;
    const soonestMs = Math.max(0, this.#turns.readyFromMs - sinceMs);
    const latestMs = Math.max(soonestMs, this.#turns.readyUntilMs - sinceMs);
    const tookMs = this.#isAsked ? this.#learn(soonestMs, latestMs) : (soonestMs + latestMs) / 2;
    this.#totalMs += Math.max(0, nowMs - sinceMs - tookMs);
    this.#sinceMs = nowMs;
    this.#isAsked = false;
  }

  #learn(soonestMs: number, latestMs: number): number {
    const usualMs = this.#usualMs;
    if (usualMs === null) {
      const middleMs = (soonestMs + latestMs) / 2;
      this.#firstMs.push(middleMs);
      if (this.#firstMs.length === FIRST_GUESS_ANSWERS) this.#usualMs = medianOf(this.#firstMs);
      return middleMs;
    }
    const tookMs = Math.min(latestMs, Math.max(soonestMs, usualMs));
    const step = tookMs > usualMs ? USUAL_STEP : tookMs < usualMs ? 1 / USUAL_STEP : 1;
    this.#usualMs = Math.max(USUAL_MS_MIN, usualMs * step);
    return tookMs;
  }
}

/** Of an odd number of values. */
function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2] ?? 0;
}
