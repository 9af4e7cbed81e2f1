import { EXIT_CODE } from '../exit-code.ts';
import { lookForPgbouncer } from '../pgbouncer/optional-pgbouncer.ts';
import { readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { OUTPUT_OPTIONS, PLACE_OPTIONS } from '../plan/run-options.ts';
import { lookForDocker } from '../postgres/docker-program.ts';
import { checkPreconditions } from '../postgres/preconditions.ts';
import { lookForPrograms } from '../prometheus/optional-programs.ts';
import { createPaint } from '../report/paint.ts';
import { preconditionsTerminal } from '../report/preconditions-terminal.ts';
import type { Command } from './command.ts';

const DOCTOR_OPTIONS = { ...PLACE_OPTIONS, ...OUTPUT_OPTIONS } as const;

/** Can the lab run on this machine? Exits 3 when something is missing. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'what the lab needs of this machine, each ✓ or ✗ with its remedy',
  options: DOCTOR_OPTIONS,
  examples: [{ line: 'pool-lab doctor', shows: 'whether the lab can run here, and if not, why' }],
  async run(flags, io) {
    const { values, problems } = readOptions(DOCTOR_OPTIONS, { flags, env: io.env });
    if (problems.length > 0) throw problemError(problems, 'doctor');
    const [preconditions, programs, pgbouncer, docker] = await Promise.all([
      checkPreconditions(values.directory),
      lookForPrograms(io.env),
      lookForPgbouncer(io.env),
      lookForDocker(io.env),
    ]);
    const optional = [...programs, pgbouncer, docker];
    const ok = preconditions.every((precondition) => precondition.ok);
    io.stdout.write(
      values.json
        ? `${JSON.stringify({ ok, preconditions, optional }, null, 2)}\n`
        : preconditionsTerminal(
            { preconditions, optional },
            {
              columns: io.stdout.columns,
              paint: createPaint(io.stdout.color),
            },
          ),
    );
    return ok ? EXIT_CODE.ok : EXIT_CODE.environment;
  },
};
