import { LabError } from '../../../lab-error.ts';
import type { RawEnv, RawFlags } from '../../option-table.ts';
import { type ParsedSweepPlan, parseSweepPlan } from '../parse-sweep-plan.ts';

/** A sweep of these flags, these variables and this text of `pool-lab.yaml`. */
export function sweep(
  flags: RawFlags = {},
  env: RawEnv = {},
  yaml: string | null = null,
): ParsedSweepPlan {
  const file = yaml === null ? null : { name: 'pool-lab.yaml', text: yaml };
  return parseSweepPlan({ flags, env, file });
}

/** The error that settings which cannot be used are refused with. */
export function refusalOf(flags: RawFlags, env: RawEnv = {}, yaml: string | null = null): LabError {
  try {
    sweep(flags, env, yaml);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('the sweep was accepted');
}
