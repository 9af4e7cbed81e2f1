import { summarizeRounds } from '../analysis/estimates/rounds-result.ts';
import type { MeasuredTrial, ThresholdResult } from '../analysis/trial-result.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { RUN_OPTIONS } from '../plan/run-options.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { factHelp } from '../report/fact-help.ts';
import { createPaint } from '../report/paint.ts';
import { PHASE_WORDS } from '../report/phase-words.ts';
import { createProgress, type Progress } from '../report/progress.ts';
import { roundsJson } from '../report/rounds-json.ts';
import { roundsTerminal } from '../report/rounds-terminal.ts';
import type { TerminalStyle } from '../report/terminal-style.ts';
import { trialJson } from '../report/trial-json.ts';
import { trialTerminal } from '../report/trial-terminal.ts';
import { type GivenParts, withGivenParts } from '../runner/given-parts.ts';
import { withLab } from '../runner/lab.ts';
import { isInContainer, requireListenConsent } from '../runner/listen-consent.ts';
import { roundPlans, runRounds } from '../runner/rounds.ts';
import type { TrialHooks } from '../runner/trial.ts';
import { withAskedMetrics } from './asked-metrics.ts';
import type { Command } from './command.ts';
import { labDeps } from './lab-deps.ts';
import { startingText } from './starting-text.ts';

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
    const asked = parseTrialPlan({ flags, env: io.env });
    const { ports, json, rounds } = asked;
    for (const warning of asked.warnings) io.stderr.write(`${warning}\n`);
    requireListenConsent(ports.listen, isInContainer(io.env));
    const deps = labDeps(io, asked.directory);
    const progress = createProgress(io.stderr);
    try {
      return await withGivenParts(asked, { ...deps, command: 'run' }, async (given) => {
        const { plan, postgres, drivenApi } = given;
        const trials = await withAskedMetrics(asked, deps.warn, ({ observer }) => {
          progress.report({ kind: 'step', text: beginningText(given) });
          const parts = { ...deps, postgres, drivenApi, observer };
          return withLab(plan.postgres, parts, (lab) =>
            runRounds(lab, roundPlans(plan, rounds), {
              ports,
              stopped: io.signal,
              hooksOf: (ofRound, round) => {
                if (rounds > 1) {
                  progress.report({ kind: 'step', text: `round ${round + 1} of ${rounds}` });
                }
                return progressHooks(progress, ofRound);
              },
            }),
          );
        });
        progress.end();
        const style = { columns: io.stdout.columns, paint: createPaint(io.stdout.color) };
        io.stdout.write(reportText(trials, { plan, rounds, json, style }));
        return exitCodeOf(trials);
      });
    } finally {
      progress.end();
    }
  },
};

function beginningText({ postgres, drivenApi }: GivenParts): string {
  return drivenApi === null ? startingText(postgres) : `driving the API at ${drivenApi.url}`;
}

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

function progressHooks(progress: Progress, plan: TrialPlan): TrialHooks {
  return {
    onPhase: (phase) => progress.report({ kind: 'step', text: PHASE_WORDS[phase] }),
    onProgress: (load) =>
      progress.report({
        kind: 'load',
        phase: load.elapsedMs > plan.durationMs ? 'draining' : 'measuring',
        totalMs: plan.durationMs,
        model: plan.load.model.kind,
        load,
      }),
  };
}
