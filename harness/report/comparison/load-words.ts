import type { ComparedSide } from '../../analysis/comparison/comparison-result.ts';
import { formatMs, plural } from '../format.ts';
import { scheduleText } from '../load-text.ts';

/** `hot, 64 clients`, `point, 300/s`: what a comparison was made under. */
export function sweepLoadText(
  workload: ComparedSide['workload'],
  load: ComparedSide['load'],
): string {
  if (load.kind === 'open') return `${workload}, ${scheduleText(load)}`;
  const thinking = load.thinkTimeMs === 0 ? '' : ` thinking ${formatMs(load.thinkTimeMs)}`;
  return `${workload}, ${plural(load.connections, 'client')}${thinking}`;
}
