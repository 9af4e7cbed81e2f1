import { givenConfigFile } from '../config-file.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { LabError } from '../lab-error.ts';
import { type ParsedSweepPlan, parseSweepPlan } from '../plan/sweep/parse-sweep-plan.ts';
import { SWEEP_OPTIONS } from '../plan/sweep/sweep-options.ts';
import { createPaint } from '../report/paint.ts';
import { requestsText } from '../report/requests-text.ts';
import { type ExplainedSetting, explainedSettings } from '../report/sweep/explained-settings.ts';
import { describeSweep } from '../report/sweep/plan-words.ts';
import { settingsTerminal } from '../report/sweep/settings-terminal.ts';
import { readSqlFile } from '../sql-file.ts';
import type { Command } from './command.ts';

const { resume: _resume, out: _out, metricsPort: _metricsPort, ...OPTIONS_OF_BOTH } = SWEEP_OPTIONS;
/** Those of a sweep but for where its results and its metrics go. */
export const CONFIG_OPTIONS = OPTIONS_OF_BOTH;
/** How the answer itself is printed is no setting of a sweep. */
const { json: _json, ...EXPLAINED } = CONFIG_OPTIONS;

/** What a sweep would be measured with, and who says so. */
export const configCommand: Command = {
  name: 'config',
  summary: 'explain: every setting of a sweep, where it comes from, and what it all costs',
  operands: [{ name: 'explain', description: 'the only thing there is to do', required: true }],
  options: CONFIG_OPTIONS,
  examples: [
    {
      line: 'pool-lab config explain --pool-size 1..8',
      shows: 'what the flags, the variables, pool-lab.yaml and the defaults come to',
    },
  ],
  async run(flags, io, [operand = '']) {
    if (operand !== 'explain') {
      throw new LabError('USAGE', {
        message: `config cannot ${JSON.stringify(operand)}`,
        hint: 'pool-lab config explain',
      });
    }
    const { env } = io;
    const file = await givenConfigFile({ flags, env });
    const parsed = parseSweepPlan({
      flags,
      env,
      file,
      readSql: readSqlFile,
      command: 'config',
    });
    const { plan, read, warnings } = parsed;
    for (const warning of warnings) io.stderr.write(`${warning}\n`);
    const settings = [...requestsSetting(parsed), ...explainedSettings(EXPLAINED, read)];
    io.stdout.write(
      read.values.json
        ? `${JSON.stringify({ file: file?.name ?? null, settings }, null, 2)}\n`
        : settingsTerminal(settings, {
            file: file?.name ?? null,
            sweep: describeSweep(plan),
            columns: io.stdout.columns,
            paint: createPaint(io.stdout.color),
          }),
    );
    return EXIT_CODE.ok;
  },
};

/** What a file says of requests is no option's value. */
function requestsSetting({
  plan: { base },
  requestsInFile,
}: ParsedSweepPlan): readonly ExplainedSetting[] {
  if (requestsInFile === null || base.requests === null) return [];
  const { request } = SWEEP_OPTIONS;
  return [
    {
      setting: 'requests',
      value: requestsText(base.requests),
      source: requestsInFile,
      default: request.parser.print(request.defaultValue),
      changed: true,
    },
  ];
}
