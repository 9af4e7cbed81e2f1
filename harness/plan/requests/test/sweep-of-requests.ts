import { LabError } from '../../../lab-error.ts';
import type { RawEnv, RawFlags } from '../../option-table.ts';
import { type ParsedSweepPlan, parseSweepPlan } from '../../sweep/parse-sweep-plan.ts';
import type { ReadData } from '../requests-asked.ts';

interface Given {
  /** Contents by their names. */
  readonly data?: Readonly<Record<string, string>>;
  readonly env?: RawEnv;
  readonly flags?: RawFlags;
}

/** A sweep of a service with this text of `pool-lab.yaml` behind its command, which is line 1. */
export function sweepOfRequests(yaml: string, given: Given = {}): ParsedSweepPlan {
  const { data = {}, env = {}, flags = {} } = given;
  const readData: ReadData = (file) => {
    const text = data[file];
    return text === undefined
      ? { ok: false, problem: 'does not exist' }
      : { ok: true, path: `/data/${file}`, text, sha256: `hash of ${file}` };
  };
  const text = `command: node server.js\n${yaml}`;
  return parseSweepPlan({ flags, env, file: { name: 'pool-lab.yaml', text, readData } });
}

/** The lines of the refusal, each with its place; without the remedies where there are several. */
export function problemsOf(yaml: string, given: Given = {}): readonly string[] {
  try {
    sweepOfRequests(yaml, given);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const [first = '', ...others] = error.message.split('\n');
    return others.length === 0 ? [first] : others.map((line) => line.trim());
  }
  return [];
}
