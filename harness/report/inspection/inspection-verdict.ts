import type { Cause } from '../../analysis/inspection/cause.ts';
import type { Observation } from '../../analysis/inspection/inspection.ts';
import { formatCount } from '../format.ts';
import { causeSummary } from './cause-summary.ts';

/** The answer in one sentence: how many slots are left, and why not more. */
export function inspectionVerdict(
  observation: Observation,
  causes: readonly Cause[],
): { readonly text: string; readonly good: boolean } {
  const { slots, role } = observation;
  const left = `${formatCount(slots.left.ordinary)} of ${formatCount(slots.usable)} usable slots ${slots.left.ordinary === 1 ? 'is' : 'are'} left`;
  const [first, ...others] = causes;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${formatCount(others.length)} more, below)`;
    return { text: `${left}; ${causeSummary(first, observation)}${more}`, good: false };
  }
  return role.seesEverybody
    ? { text: `${left}; nothing wrong`, good: true }
    : { text: `${left}; nothing wrong as far as this role can see`, good: true };
}
