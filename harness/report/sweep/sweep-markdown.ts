import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { carriesOverLines, farthestOf } from '../carries-over-lines.ts';
import { formatBytes, formatCount, plural } from '../format.ts';
import { gatesText } from '../gate-words.ts';
import { poolerOfPlanLines } from '../pooler-text.ts';
import { servicePlanLines } from '../trial-service-lines.ts';
import { agreementOf } from './agreement.ts';
import { bestShapes } from './best-shapes.ts';
import { caveatCounts } from './caveat-counts.ts';
import { failedTrials } from './failed-trials.ts';
import { joinSections } from './markdown-sections.ts';
import {
  fenced,
  foreignMarkdown,
  markdownDetails,
  markdownTable,
  markdownText,
} from './markdown-text.ts';
import { nextCommands } from './next-commands.ts';
import { plainText } from './plain-text.ts';
import { situationMarkdown } from './situation-markdown.ts';
import { headlineTexts } from './sweep-headline.ts';
import { type SweepView, viewSweep } from './sweep-view.ts';
import { thresholdCounts } from './threshold-counts.ts';

/** What GitHub takes as the summary of one step. */
export const MARKDOWN_BYTES_MAX = 1_048_576;

/**
 * For a pull request or a job's summary: verdict and answer first, then a table a panel, the rest to
 * be opened. Never longer than `bytesMax`; what had no room is said to be left out.
 */
export function sweepMarkdown(
  result: SweepResult,
  {
    directory,
    bytesMax = MARKDOWN_BYTES_MAX,
  }: { readonly directory: string; readonly bytesMax?: number },
): string {
  const view = viewSweep(result);
  const sections = [
    headSection(view),
    ...thresholdSection(view),
    ...troubleSection(view),
    ...result.situations.flatMap((situation) => situationMarkdown(view, situation)),
    agreementSection(view),
    ...caveatSection(view),
    ...shapeSections(view),
    machineSection(view),
    commandSection(view, directory),
  ];
  return joinSections(sections, { bytesMax, result });
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

function headSection(view: SweepView): string {
  const { verdict, trials, plan, cells } = view.result;
  const badge = { VALID: '✅ VALID', DEGRADED: '⚠️ DEGRADED', INVALID: '❌ INVALID' }[verdict];
  const [first = '', ...others] = headlineTexts(view, foreignMarkdown);
  return [
    `## pool-lab sweep: ${badge}`,
    `**${first}.**`,
    ...(others.length === 0 ? [] : [list(others.map((text) => `${text}.`))]),
    `${plural(cells.length, 'cell')}, ${plural(plan.rounds, 'round')}; ${formatCount(trials.measured)} of ${plural(trials.planned, 'trial')} measured${trials.failed === 0 ? '' : `, ${formatCount(trials.failed)} failed`}.`,
  ].join('\n\n');
}

function thresholdSection(view: SweepView): readonly string[] {
  const rows = thresholdCounts(view).map(({ expression, met, text }) => [
    met ? '✅' : '❌',
    markdownText(expression),
    markdownText(text),
  ]);
  if (rows.length === 0) return [];
  return [markdownTable(['', 'threshold', 'met'], rows, ['left', 'left', 'left'])];
}

function troubleSection(view: SweepView): readonly string[] {
  const troubles = [...failedTrials(view), ...view.result.damage.map(plainText)];
  return troubles.length === 0
    ? []
    : [`**What could not be used**\n\n${list(troubles.map(markdownText))}`];
}

function agreementSection(view: SweepView): string {
  const { text, disagreements } = agreementOf(view);
  return markdownDetails(
    'Predicted against observed refusals',
    [`${text}.`, list(disagreements)].filter((part) => part !== '').join('\n\n'),
  );
}

function caveatSection(view: SweepView): readonly string[] {
  const caveats = caveatCounts(view);
  if (caveats.length === 0) return [];
  const items = caveats.map(
    ({ grade, code, text, advice }) =>
      `**${grade}** \`${code}\` ${markdownText(text)}${advice === null ? '' : ` → ${markdownText(advice)}`}`,
  );
  return [markdownDetails(`Reasons for doubt (${caveats.length})`, list(items))];
}

function shapeSections(view: SweepView): readonly string[] {
  return bestShapes(view)
    .filter(({ dialects }) => dialects.length > 0)
    .map(({ situations, name, dialects }) =>
      markdownDetails(
        `The best shape of ${situations.join('; ')}, ${name}, in the words of libraries`,
        markdownTable(
          ['library', 'in each process', ''],
          dialects.map(([dialect, { code, notes }]) => [
            dialect,
            `<code>${markdownText(code)}</code>`,
            markdownText(notes.join('; ')),
          ]),
          ['left', 'left', 'left'],
        ),
      ),
    );
}

function machineSection(view: SweepView): string {
  const { environment, plan } = view.result;
  if (environment === null) return '_Nothing was measured, so there is no machine to tell of._';
  const { cpuModel, cores, memoryBytes, platform, arch, osRelease, nodeVersion } = environment;
  const { poolLabVersion, postgres } = environment;
  const items = [
    `**measured on**: ${markdownText(plainText(`${cpuModel}, ${plural(cores, 'core')}, ${formatBytes(memoryBytes)}; ${platform} ${arch} ${osRelease}; Node ${nodeVersion}; PostgreSQL ${postgres.version}; pool-lab ${poolLabVersion}`))}`,
    ...[
      ...servicePlanLines(plan.base),
      ...poolerOfPlanLines(plan.base),
      ...carriesOverLines(
        { ...environment, postgres: { ...postgres, version: plainText(postgres.version) } },
        farthestOf(plan),
      ),
    ].map(({ label, text }) => `**${label.toLowerCase()}**: ${markdownText(text)}`),
    ...view.result.unseen.map((sentence) => `**not seen**: ${markdownText(sentence)}`),
    `**gates**: ${markdownText(gatesText(plan.base))}`,
  ];
  return markdownDetails('The machine, and what carries over to another', list(items));
}

function commandSection({ result }: SweepView, directory: string): string {
  const lines = nextCommands(result, directory).flatMap(({ shows, line }) => [`# ${shows}`, line]);
  return markdownDetails('Commands', fenced(lines));
}
