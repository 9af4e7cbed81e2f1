import type { RoundsResult } from '../analysis/estimates/rounds-result.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { askedText } from './asked-text.ts';
import { carriesOverLines, networkOf } from './carries-over-lines.ts';
import { distanceText } from './distance-text.ts';
import { ABSENT, formatCount, formatMs, formatRate, formatSpread } from './format.ts';
import { gatesText } from './gate-words.ts';
import { lineText } from './line-text.ts';
import { loadText } from './load-text.ts';
import { notSeenLines } from './not-seen-lines.ts';
import type { Paint } from './paint.ts';
import { throughText } from './pooler-text.ts';
import { reasonsAgainst } from './reasons-against.ts';
import type { ReportLine } from './report-line.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { table, wrap } from './text-layout.ts';
import { overText } from './transport-text.ts';
import { FINDINGS, trialHeadline } from './trial-headline.ts';
import { servicePlanLines } from './trial-service-lines.ts';
import { thresholdText } from './trial-threshold-lines.ts';

type Spread = RoundsResult['spread'][keyof RoundsResult['spread']];

/** Several trials of one plan: what was found how often, then each, then how far they lie apart. */
export function roundsTerminal(result: RoundsResult, style: TerminalStyle): string {
  const { columns, paint } = style;
  const { rounds } = result;
  const headline = wrap(headlineText(result), { columns, indent: 2 });
  const good = rounds.every((round) => trialHeadline(round).good);
  const [first] = rounds;
  const blocks = [
    [
      ...(first === undefined ? [] : [...servicePlanLines(first.plan), planLine(first)]),
      {
        label: 'ROUNDS',
        text: `one after the other on ${first === undefined ? 'nothing' : testedText(first)}`,
        rows: roundRows(result),
      },
    ],
    [
      ...trustLines(result, paint),
      ...(first === undefined ? [] : carriesOverLines(first.environment, networkOf(first.plan))),
    ],
  ];
  const thresholds = thresholdText(rounds, style);
  return `${[
    ...(thresholds === '' ? [] : [thresholds]),
    good ? paint.green(headline) : paint.red(headline),
    ...blocks.map((lines) => lines.map((line) => lineText(line, style)).join('\n')),
  ].join('\n\n')}\n`;
}

function headlineText({ rounds, roundsAsked, spread }: RoundsResult): string {
  const found = rounds.map((round) => trialHeadline(round).finding);
  const counts = FINDINGS.flatMap((finding) => {
    const count = found.filter((it) => it === finding).length;
    return count === 0 ? [] : `${finding} in ${formatCount(count)}`;
  });
  const incomplete =
    rounds.length < roundsAsked || rounds.some(({ ended }) => ended === 'aborted')
      ? 'INCOMPLETE: '
      : '';
  const speed = `${rangeText(spread.throughputPerSecond, formatRate)} right answers/s, ${rangeText(spread.goodputPerSecond, formatRate)} in time, p99 ${rangeText(spread.latencyMsP99, formatMs)}`;
  const often = `${incomplete}${counts.join(', ')} of ${formatCount(roundsAsked)} rounds`;
  const unbelieved = rounds.find((round) => trialHeadline(round).finding === 'INVALID');
  // Numbers that must not be believed are no answer; the table below shows them with their verdict.
  if (unbelieved !== undefined) return `${often}, e.g. ${trialHeadline(unbelieved).text}`;
  return `${often}; median [lowest–highest] ${speed}`;
}

function rangeText(spread: Spread, text: (value: number) => string): string {
  if (spread === null) return ABSENT;
  return `${text(spread.median)} [${text(spread.min)}–${text(spread.max)}]`;
}

function planLine({ plan }: MeasuredTrial): ReportLine {
  const { distance, postgres, pooler } = plan;
  const away = distance.rttMs === 0 ? '' : `, database ${distanceText(distance)} away`;
  return {
    label: 'LOAD',
    text: `${askedText(plan)}, ${loadText(plan)}${away}${overText(postgres.transport)}${throughText(pooler)}, ${formatMs(plan.durationMs)} a round; each with a seed of its own`,
  };
}

const TITLES = ['', 'seed', 'right/s', 'in time/s', 'p50', 'p99', 'refused', 'verdict'];

function roundRows({ rounds, spread }: RoundsResult): readonly string[] {
  const rows = rounds.map((round, index) => [
    String(index + 1),
    String(round.plan.seed),
    rate(round.throughputPerSecond),
    rate(round.goodputPerSecond),
    formatMs(round.latencyMs.ok.p50),
    formatMs(round.latencyMs.ok.p99),
    refusedText(round),
    [...new Set([round.verdict, trialHeadline(round).finding])].join(' '),
  ]);
  const over = (
    name: string,
    read: (of: NonNullable<Spread>) => number,
    share = false,
  ): readonly string[] => {
    const cell = (of: Spread, text: (value: number) => string): string =>
      of === null ? ABSENT : share ? formatSpread(read(of)) : text(read(of));
    return [
      name,
      '',
      cell(spread.throughputPerSecond, formatRate),
      cell(spread.goodputPerSecond, formatRate),
      cell(spread.latencyMsP50, formatMs),
      cell(spread.latencyMsP99, formatMs),
    ];
  };
  return table(
    [
      TITLES,
      ...rows,
      over('lowest', ({ min }) => min),
      over('median', ({ median }) => median),
      over('highest', ({ max }) => max),
      over('apart', ({ spread: apart }) => apart, true),
    ],
    ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  );
}

/** Refusals that answers told of; where they could not be seen there is no number. */
function refusedText({ refusals, budget }: MeasuredTrial): string {
  const visible = budget !== null && (budget.refusalsVisible || refusals.total > 0);
  return visible ? formatCount(refusals.total) : ABSENT;
}

function testedText({ plan, api }: MeasuredTrial): string {
  if (plan.service?.kind === 'command') return 'a service that is started anew each time';
  if (plan.service?.kind === 'running') return 'a service that ran before';
  return api.target === null ? 'fresh workers' : 'an API that ran before';
}

function rate(perSecond: number | null): string {
  return perSecond === null ? ABSENT : formatRate(perSecond);
}

function trustLines(
  { rounds, caveats, verdict }: RoundsResult,
  paint: Paint,
): readonly ReportLine[] {
  const { green, yellow, red } = paint;
  const shown = { VALID: green, DEGRADED: yellow, INVALID: red }[verdict](verdict);
  const [first] = rounds;
  return [
    { label: 'VERDICT', text: `${shown}: the worst of the rounds, and of all of them together` },
    ...caveats.map(({ grade, code, detail }) => ({
      label: '',
      text: `${paint.yellow(grade)} ${code}: ${detail}`,
    })),
    ...[...new Set(caveats.map(({ advice }) => advice))].map((advice) => ({
      label: '',
      text: `→ ${advice}`,
    })),
    ...reasonsAgainst(rounds, 'rounds').map((text) => ({ label: '', text: `· ${text}` })),
    ...notSeenLines(rounds),
    ...(first === undefined ? [] : [{ label: 'GATES', text: gatesText(first.plan) }]),
  ];
}
