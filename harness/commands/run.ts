import { summarizeRounds } from '../analysis/estimates/rounds-result.ts';
import type { MeasuredTrial, ThresholdResult } from '../analysis/trial-result.ts';
import { givenRunFile } from '../config-file.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { RUN_OPTIONS } from '../plan/run-options.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { factHelp } from '../report/fact-help.ts';
import { createPaint } from '../report/paint.ts';
import { createProgress } from '../report/progress.ts';
import { roundsJson } from '../report/rounds-json.ts';
import { roundsTerminal } from '../report/rounds-terminal.ts';
import type { TerminalStyle } from '../report/terminal-style.ts';
import { trialJson } from '../report/trial-json.ts';
import { trialTerminal } from '../report/trial-terminal.ts';
import { isInContainer, requireListenConsent } from '../runner/listen-consent.ts';
import { readSqlFile } from '../sql-file.ts';
import type { Command } from './command.ts';
import { labDeps } from './lab-deps.ts';
import { runTrials } from './run-trials.ts';

/** One measurement of one configuration. */
export const runCommand: Command = {
  name: 'run',
  summary: 'one measurement of one configuration, on an embedded PostgreSQL or on yours',
  options: RUN_OPTIONS,
  helpNotes: factHelp,
  examples: [
    {
      line: 'pool-lab run --workers 4 --pool-size 5 --max-overflow 10 --max-connections 30 --workload hold --param ms=40 --connections 96',
      shows: '"too many connections", predicted and observed',
    },
    {
      line: 'pool-lab run --pool-size 4 --max-overflow 2 --max-connections 30 --rollout 1 --json',
      shows: 'a rolling deploy under load, for scripts',
    },
    {
      line: 'pool-lab run --rate 300/s --duration 20s --rounds 3',
      shows:
        'what users see who arrive whatever the answers do, and how far three rounds lie apart',
    },
    {
      line: "pool-lab run --rate 300/s --threshold 'latency.p99<50ms' --threshold 'goodput>0.99*offered' --abort-on-fail",
      shows: 'a check for a pipeline: exit 99 unless both hold, and an early end where they cannot',
    },
  ],
  async run(flags, io) {
    const asked = parseTrialPlan({
      flags,
      env: io.env,
      file: await givenRunFile({ flags, env: io.env }),
      readSql: readSqlFile,
    });
    const { ports, json, rounds } = asked;
    for (const warning of asked.warnings) io.stderr.write(`${warning}\n`);
    requireListenConsent(ports.listen, isInContainer(io.env));
    const deps = labDeps(io, asked.directory);
    const progress = createProgress(io.stderr);
    try {
      const { plan, trials } = await runTrials(asked, deps, progress);
      progress.end();
      const style = { columns: io.stdout.columns, paint: createPaint(io.stdout.color) };
      io.stdout.write(reportText(trials, { plan, rounds, json, style }));
      return exitCodeOf(trials);
    } finally {
      progress.end();
    }
  },
};

/** One trial is shown in full; of several, what they have in common and how far they lie apart. */
function reportText(
  trials: readonly MeasuredTrial[],
  options: {
    readonly plan: TrialPlan;
    readonly rounds: number;
    readonly json: boolean;
    readonly style: TerminalStyle;
  },
): string {
  const { plan, rounds, json, style } = options;
  const [only] = trials;
  if (rounds === 1 && only !== undefined) {
    return json ? trialJson(only) : trialTerminal(only, style);
  }
  const result = summarizeRounds(trials, { roundsAsked: rounds, gates: plan.gates });
  return json ? roundsJson(result) : roundsTerminal(result, style);
}

/**
 * A number that must not be believed must not pass a pipeline, and proves nothing about a threshold,
 * met or not: it goes first.
 */
export function exitCodeOf(
  results: readonly {
    readonly verdict: MeasuredTrial['verdict'];
    readonly thresholds: readonly Pick<ThresholdResult, 'met'>[];
  }[],
): ExitCode {
  if (results.some(({ verdict }) => verdict === 'INVALID')) return EXIT_CODE.invalidMeasurement;
  return results.some(({ thresholds }) => thresholds.some(({ met }) => !met))
    ? EXIT_CODE.thresholdNotMet
    : EXIT_CODE.ok;
}
