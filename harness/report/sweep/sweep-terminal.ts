import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { carriesOverLines, farthestOf } from '../carries-over-lines.ts';
import { formatBytes, formatCount, plural } from '../format.ts';
import { gatesText } from '../gate-words.ts';
import { lineText } from '../line-text.ts';
import { unseenLines } from '../not-seen-lines.ts';
import type { Paint } from '../paint.ts';
import { poolerOfPlanLines } from '../pooler-text.ts';
import type { ReportLine } from '../report-line.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { wrap } from '../text-layout.ts';
import { servicePlanLines } from '../trial-service-lines.ts';
import { agreementOf } from './agreement.ts';
import { isUndecided } from './best-doubts.ts';
import { bestShapes } from './best-shapes.ts';
import { caveatCounts } from './caveat-counts.ts';
import { failedTrials } from './failed-trials.ts';
import { nextCommands } from './next-commands.ts';
import { plainText } from './plain-text.ts';
import { heatMapBlocks, situationLines } from './situation-lines.ts';
import { headlineTexts, missingText } from './sweep-headline.ts';
import { type SweepView, viewSweep } from './sweep-view.ts';
import { thresholdCounts } from './threshold-counts.ts';

/** Sentences of one kind that are printed; more are counted. */
const SENTENCES_MAX = 5;

/** A run directory's result on a terminal. */
export interface SweepTerminalOptions extends TerminalStyle {
  /** Where the run is stored. */
  readonly directory: string;
}

/** The answer first, then the maps, the ranking, what it rests on, what holds elsewhere, what is next. */
export function sweepTerminal(result: SweepResult, options: SweepTerminalOptions): string {
  const { paint, columns } = options;
  const view = viewSweep(result);
  const good =
    missingText(view) === null &&
    result.situations.every((it) => it.best !== null && !isUndecided(view, it));
  const color = good ? paint.green : paint.yellow;
  const headline = headlineTexts(view).map((text) => color(wrapShapes(text, columns)));
  const situations = result.situations.flatMap((situation) => [
    ...heatMapBlocks(view, situation, options),
    linesText(situationLines(view, situation, options), options),
  ]);
  return `${[
    headline.join('\n'),
    ...situations,
    linesText(trustLines(view, paint), options),
    linesText(closingLines(view, options), options),
  ].join('\n\n')}\n`;
}

function linesText(lines: readonly ReportLine[], style: TerminalStyle): string {
  return lines.map((line) => lineText(line, style)).join('\n');
}

/** May it be believed, and did what was predicted happen? */
function trustLines(view: SweepView, paint: Paint): readonly ReportLine[] {
  const { result } = view;
  const { green, yellow, red } = paint;
  const { verdict, trials } = result;
  const { text, disagreements } = agreementOf(view);
  const caveats = caveatCounts(view);
  return [
    ...servicePlanLines(result.plan.base),
    { label: 'PREDICTED', text },
    ...continued(disagreements.map((sentence) => `✗ ${sentence}`)),
    ...thresholdCounts(view).map(({ expression, met, text: counts }, index) => ({
      label: index === 0 ? 'THRESHOLDS' : '',
      text: `${met ? green('✓') : red('✗')} ${expression}: ${counts}`,
    })),
    {
      label: 'VERDICT',
      text: `${{ VALID: green, DEGRADED: yellow, INVALID: red }[verdict](verdict)}; ${formatCount(trials.measured)} of ${plural(trials.planned, 'trial')} measured in ${plural(result.plan.rounds, 'round')}${trials.failed === 0 ? '' : `, ${formatCount(trials.failed)} failed`}`,
    },
    ...continued(failedTrials(view).map((sentence) => `✗ ${sentence}`)),
    ...continued(result.damage.map((sentence) => `✗ ${plainText(sentence)}`)),
    ...caveats.flatMap(({ grade, code, text: where, advice }) => [
      { label: '', text: `${yellow(grade)} ${code} ${where}` },
      ...(advice === null ? [] : [{ label: '', text: `→ ${advice}` }]),
    ]),
    ...unseenLines(result.unseen),
    { label: 'GATES', text: gatesText(result.plan.base) },
  ];
}

/** No shape is broken between two lines. */
function wrapShapes(text: string, columns: number): string {
  const whole = text.replaceAll(' × (', '\u00a0×\u00a0(');
  return wrap(whole, { columns, indent: 2 }).replaceAll('\u00a0', ' ');
}

/** Lines below a label, at most so many. */
function continued(sentences: readonly string[]): readonly ReportLine[] {
  const left = sentences.length - SENTENCES_MAX;
  return [
    ...sentences.slice(0, SENTENCES_MAX),
    ...(left > 0 ? [`… and ${formatCount(left)} more; all of them are in the JSON`] : []),
  ].map((text) => ({ label: '', text }));
}

/** What holds elsewhere, the best shape as libraries spell it, and how to go on. */
function closingLines(view: SweepView, { directory }: SweepTerminalOptions): readonly ReportLine[] {
  const { result } = view;
  const { environment } = result;
  return [
    ...shapeLinesOf(view),
    ...(environment === null ? [] : [{ label: 'MACHINE', text: machineText(environment) }]),
    ...poolerOfPlanLines(result.plan.base),
    ...(environment === null
      ? [{ label: 'CARRIES OVER', text: 'the arithmetic of the budget; nothing was measured' }]
      : carriesOverLines(
          {
            cores: environment.cores,
            postgres: { ...environment.postgres, version: plainText(environment.postgres.version) },
          },
          farthestOf(result.plan),
        )),
    { label: 'RUN', text: plainText(directory) },
    // Not wrapped: they are there to be copied.
    ...nextCommands(result, directory).map(({ label, shows, line }) => ({
      label,
      text: shows,
      rows: [line],
    })),
  ];
}

/** Dialects on the terminal; Markdown and HTML have them all. */
const DIALECTS_SHOWN: readonly string[] = ['sqlalchemy', 'hikari', 'pg', 'go'];

function shapeLinesOf(view: SweepView): readonly ReportLine[] {
  return bestShapes(view).flatMap(({ situations, name, dialects, cell }, index) => [
    {
      label: index === 0 ? 'BEST SHAPE' : '',
      text: `of ${situations.join('; ')}: ${name}; in ${cell.variables.workers === 1 ? 'its process' : `each of its ${cell.variables.workers} processes`}:`,
    },
    ...dialects
      .filter(([dialect]) => DIALECTS_SHOWN.includes(dialect))
      .map(([dialect, { code }]) => ({ label: '', text: `${dialect}: ${code}` })),
  ]);
}

function machineText(environment: NonNullable<SweepResult['environment']>): string {
  const { cpuModel, cores, memoryBytes, platform, arch, osRelease, nodeVersion, poolLabVersion } =
    environment;
  const { version, fileSystem } = environment.postgres;
  return plainText(
    `${cpuModel}, ${plural(cores, 'core')}, ${formatBytes(memoryBytes)}; ${platform} ${arch} ${osRelease}; Node ${nodeVersion}; PostgreSQL ${version}${fileSystem === null ? '' : ` on ${fileSystem}`}; pool-lab ${poolLabVersion}`,
  );
}
