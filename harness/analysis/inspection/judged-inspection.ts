import type { ThresholdResult } from '../trial-result.ts';
import type { Cause } from './cause.ts';
import { CAUSE_BOUNDS, type CauseBounds } from './cause-bounds.ts';
import { findCauses } from './find-causes.ts';
import type { Observation } from './inspection.ts';
import { inspectionThresholds } from './inspection-readings.ts';

/** What was looked at, and what it means. */
export interface Inspection {
  readonly observation: Observation;
  /** By what ends the trouble first; empty: nothing wrong. */
  readonly causes: readonly Cause[];
  readonly thresholds: readonly ThresholdResult[];
}

/**
 * @param thresholds expressions that were understood before anything was looked at
 * @param bounds where causes begin @default CAUSE_BOUNDS
 */
export function judgeInspection(
  observation: Observation,
  {
    thresholds,
    bounds = CAUSE_BOUNDS,
  }: { readonly thresholds: readonly string[]; readonly bounds?: CauseBounds },
): Inspection {
  const causes = findCauses(observation, bounds);
  return {
    observation,
    causes,
    thresholds: inspectionThresholds(thresholds, { observation, causes }),
  };
}
