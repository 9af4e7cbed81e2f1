import type { Endings } from '../load/load-engine.ts';
import { sumOf } from './failed-endings.ts';

/** Answered with any status. */
export function answered(endings: Endings): number {
  return endings.ok + sumOf(endings.httpErrors);
}

/** Attempts whose answer, if there was one, no client saw. */
export function unseen({ timeouts, lost, unanswered }: Endings): number {
  return timeouts + lost + unanswered;
}

/** Everything that ended in one way or another; dropped ones never began. */
export function ended(endings: Endings): number {
  return answered(endings) + sumOf(endings.connectionErrors) + unseen(endings);
}
