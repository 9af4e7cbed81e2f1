import {
  type FileTexts,
  type Option,
  type OptionTable,
  type Problem,
  type RawEnv,
  type RawFlags,
  readOptions,
} from '../option-table.ts';
import { RUN_OPTIONS } from '../run-options.ts';
import { paramProblems, paramsOf } from '../workload-params.ts';
import { SWEEP_PLAN_OPTIONS } from './sweep-options.ts';

/**
 * The settings of a sweep's file as they are those of one trial: what has one value there has it here, and of what
 * has several one is to be chosen, by a flag or a variable.
 */
export function oneTrialOfFile(
  file: FileTexts,
  given: { readonly flags: RawFlags; readonly env: RawEnv },
): {
  readonly texts: FileTexts;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
} {
  const texts = new Map<string, { readonly texts: readonly string[]; readonly source: string }>();
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const ofRun: OptionTable = RUN_OPTIONS;
  const ofSweep: OptionTable = SWEEP_PLAN_OPTIONS;
  for (const [name, setting] of file) {
    const [run, sweep] = [ofRun[name], ofSweep[name]];
    if (run === undefined || sweep === undefined) {
      warnings.push(`${setting.source} changes nothing with run, which has no --${sweep?.flag}`);
      continue;
    }
    // A flag or a variable goes before it, and chooses.
    if (given.flags[name] !== undefined || (run.env !== null && given.env[run.env] !== undefined)) {
      continue;
    }
    const parsed = sweep.parser.parse(setting.texts);
    if (run.parser === sweep.parser || name === 'param' || !parsed.ok) {
      texts.set(name, setting);
    } else if (!Array.isArray(parsed.value)) {
      texts.set(name, { ...setting, texts: [sweep.parser.print(parsed.value)] });
    } else if (parsed.value.length === 1) {
      texts.set(name, { ...setting, texts: [sweep.parser.print(parsed.value)] });
    } else {
      problems.push(severalValues(sweep, { ...setting, count: parsed.value.length }));
    }
  }
  const param = texts.get('param');
  if (param !== undefined) {
    texts.set('param', { ...param, texts: ownParams(file, param.texts, given) });
  }
  return { texts, problems, warnings };
}

function severalValues(
  { flag, parser }: Option<unknown>,
  {
    texts,
    source,
    count,
  }: { readonly texts: readonly string[]; readonly source: string; readonly count: number },
): Problem {
  const parsed = parser.parse(texts);
  const first = parsed.ok ? parser.print(parsed.value).split(',')[0] : '';
  return {
    field: `--${flag}`,
    value: texts.join(' '),
    source,
    problem: `has ${count} values, and a trial has one`,
    remedy: `choose one: --${flag} ${first}; pool-lab sweep measures all of them`,
  };
}

/** `hold.ms` and what only other workloads of the file have are left out; what none has stays, to be refused. */
function ownParams(
  file: FileTexts,
  texts: readonly string[],
  given: { readonly flags: RawFlags; readonly env: RawEnv },
): readonly string[] {
  const { flags, env } = given;
  const { workload: one } = readOptions({ workload: RUN_OPTIONS.workload }, { flags, env }).values;
  const { values: all, sources } = readOptions(
    { workload: SWEEP_PLAN_OPTIONS.workload },
    { flags: {}, env: {}, file },
  );
  const chosen = isGiven(given) ? one : (all.workload[0] ?? one);
  const parsed = SWEEP_PLAN_OPTIONS.param.parser.parse(texts);
  const workloads = [...new Set([...all.workload, chosen])];
  if (
    !parsed.ok ||
    paramProblems({ workloads, params: parsed.value, source: sources.workload }).length > 0
  ) {
    return texts;
  }
  return Object.entries(paramsOf(chosen, parsed.value)).map(([name, text]) => `${name}=${text}`);
}

function isGiven({ flags, env }: { readonly flags: RawFlags; readonly env: RawEnv }): boolean {
  const { env: variable } = RUN_OPTIONS.workload;
  return flags['workload'] !== undefined || (variable !== null && env[variable] !== undefined);
}
