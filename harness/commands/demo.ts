import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { OUTPUT_OPTIONS, PLACE_OPTIONS, PLAN_OPTIONS } from '../plan/run-options.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { demoJson } from '../report/demo-json.ts';
import { renderDemo } from '../report/demo-screen.ts';
import { createPaint } from '../report/paint.ts';
import { createProgress } from '../report/progress.ts';
import { trialHeadline } from '../report/trial-headline.ts';
import { withLab } from '../runner/lab.ts';
import { runTrials } from '../runner/trial.ts';
import { runDemo, trialsOf } from '../scenarios/demo.ts';
import type { Command } from './command.ts';
import { labDeps } from './lab-deps.ts';
import { exitCodeOf } from './run.ts';

const DEMO_OPTIONS = { seed: PLAN_OPTIONS.seed, ...PLACE_OPTIONS, ...OUTPUT_OPTIONS } as const;

/** The tour: exhaustion, why, a fix that a deploy breaks, one it does not, and what size costs. */
export const demoCommand: Command = {
  name: 'demo',
  summary: '"too many connections" reproduced, explained and fixed, in under a minute',
  options: DEMO_OPTIONS,
  examples: [{ line: 'pool-lab demo', shows: 'the answer on one screen' }],
  async run(flags, io) {
    const { values, problems } = readOptions(DEMO_OPTIONS, { flags, env: io.env });
    if (problems.length > 0) throw problemError(problems, 'demo');
    const progress = createProgress(io.stderr);
    const say = (text: string): void => progress.report({ kind: 'step', text });
    const done: MeasuredTrial[] = [];
    say('starting PostgreSQL');
    try {
      const demo = await runDemo(values.seed, {
        nowMs: () => performance.now(),
        say,
        onPostgres: (postgres, use) =>
          withLab(postgres, { ...labDeps(io, values.directory), postgres: EMBEDDED }, (lab) =>
            use(async (plans) => {
              const results = await runTrials(lab, plans);
              done.push(...results);
              lab.signal.throwIfAborted();
              return results;
            }),
          ),
      });
      progress.end();
      io.stdout.write(
        values.json
          ? demoJson(demo)
          : renderDemo(demo, { columns: io.stdout.columns, paint: createPaint(io.stdout.color) }),
      );
      return exitCodeOf(trialsOf(demo));
    } catch (error) {
      progress.end();
      if (io.signal.aborted && !values.json && done.length > 0) {
        io.stdout.write(`INCOMPLETE: stopped; measured until then:\n${headlines(done)}\n`);
      }
      throw error;
    }
  },
};

function headlines(trials: readonly MeasuredTrial[]): string {
  return trials.map((trial) => `· ${trialHeadline(trial).text}`).join('\n');
}
