import { summarizeCost } from '../analysis/cost/summarize-cost.ts';
import { throughputPlan } from '../cost/measure-throughput.ts';
import { runCost, type SayStep } from '../cost/run-cost.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { databaseAsked, databaseProblems, databaseWarnings } from '../plan/database-asked.ts';
import { readOptions, SOURCE_DEFAULT } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { PLAN_OPTIONS } from '../plan/run-options.ts';
import { foreignDatabaseOf } from '../postgres/chosen-postgres.ts';
import type { PostgresSettings } from '../postgres/provider.ts';
import { costJson } from '../report/cost/cost-document.ts';
import { costTerminal } from '../report/cost/cost-terminal.ts';
import { createPaint } from '../report/paint.ts';
import { createProgress } from '../report/progress.ts';
import { choosePostgres } from '../runner/database-choice.ts';
import { requireFreeSlots } from '../runner/exhaustion-consent.ts';
import type { Command } from './command.ts';
import { COST_OPTIONS } from './cost-options.ts';
import { labDeps } from './lab-deps.ts';
import { startingText } from './starting-text.ts';

/** PostgreSQL as it comes, which is what the figures that people quote are about. */
const SETTINGS: PostgresSettings = {
  maxConnections: PLAN_OPTIONS.maxConnections.defaultValue,
  superuserReservedConnections: PLAN_OPTIONS.superuserReserved.defaultValue,
  reservedConnections: PLAN_OPTIONS.reserved.defaultValue,
  transport: PLAN_OPTIONS.dbTransport.defaultValue,
  extra: {},
};

/** Enough sessions for what they share to be small beside what they do not, and slots for them everywhere. */
const SESSIONS = { few: 10, many: 50 } as const;

/** Time, memory and throughput that a connection costs, beside what people say that it costs. */
export const costCommand: Command = {
  name: 'cost',
  summary: 'what one connection costs here: time by phase, memory, throughput; in about a minute',
  options: COST_OPTIONS,
  examples: [
    {
      line: 'pool-lab cost',
      shows: 'TCP, TLS, socket, PgBouncer, 1 and 20 ms away, and which quoted figures hold here',
    },
    {
      line: 'pool-lab cost --pairs none --no-memory --json',
      shows: 'the times alone, for scripts',
    },
  ],
  async run(flags, io) {
    const read = readOptions(COST_OPTIONS, { flags, env: io.env });
    // What has no option here is as it comes.
    const asItComes = { apiVia: null, dbTransport: SETTINGS.transport, reserved: 0 } as const;
    const values = { ...read.values, ...asItComes };
    const sources = {
      ...read.sources,
      ...{ apiVia: SOURCE_DEFAULT, dbTransport: SOURCE_DEFAULT, reserved: SOURCE_DEFAULT },
    };
    const problems = [...read.problems, ...databaseProblems(values, sources)];
    if (problems.length > 0) throw problemError(problems, 'cost');
    for (const warning of databaseWarnings(values, sources)) io.stderr.write(`${warning}\n`);
    const database = databaseAsked(values, []);
    const deps = labDeps(io, values.directory);
    const progress = createProgress(io.stderr);
    const say: SayStep = (text, position) => progress.report({ kind: 'step', text, position });
    try {
      const postgres = await choosePostgres(database, { ...deps, command: 'cost' });
      const foreignDatabase = foreignDatabaseOf(postgres);
      const { samples, pairs, memory, seed } = values;
      const settings = foreignDatabase?.settings ?? SETTINGS;
      const plans =
        pairs === 0
          ? []
          : (['queue', 'null'] as const).map((kind) => throughputPlan(kind, settings, seed));
      const cells = plans.map((plan) => ({ id: `pool kind ${plan.pool.kind}`, plan }));
      requireFreeSlots(foreignDatabase, database, { cells, load: 'own' });
      say(startingText(postgres));
      const observation = await runCost(
        {
          ...{ samples, pairs, seed },
          sessions: memory ? SESSIONS : null,
          settings,
        },
        { ...deps, postgres },
        say,
      );
      progress.end();
      const result = summarizeCost(observation);
      io.stdout.write(
        values.json
          ? costJson(result)
          : costTerminal(result, {
              columns: io.stdout.columns,
              paint: createPaint(io.stdout.color),
            }),
      );
      return EXIT_CODE.ok;
    } finally {
      progress.end();
    }
  },
};
