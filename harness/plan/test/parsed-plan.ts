import { LabError } from '../../lab-error.ts';
import type { RawEnv, RawFlags } from '../option-table.ts';
import { parseTrialPlan } from '../parse-trial-plan.ts';

export const plan = (flags: RawFlags = {}, env: RawEnv = {}) => parseTrialPlan({ flags, env }).plan;

/** The error that a setting which cannot be used is refused with. */
export function refusal(flags: RawFlags, env: RawEnv = {}): LabError {
  try {
    parseTrialPlan({ flags, env });
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('the plan was accepted');
}
