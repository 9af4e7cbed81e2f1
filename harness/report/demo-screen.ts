import type { PairedRatio } from '../analysis/statistics/paired-ratio.ts';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import {
  type Contrast,
  type DemoResult,
  type ShapeUnderDeploy,
  trialsOf,
} from '../scenarios/demo.ts';
import {
  formatClaim,
  formatCount,
  formatMs,
  formatRate,
  formatRatio,
  formatShare,
  plural,
} from './format.ts';
import type { Paint } from './paint.ts';
import { reasonsAgainst } from './reasons-against.ts';
import { refusalWords } from './refusal-words.ts';
import { shapeText } from './shape-text.ts';
import { labelled, table } from './text-layout.ts';
import { worstVerdict } from './worst-verdict.ts';

const LABEL_WIDTH = 8;
/** Reasons against the numbers shown on the first screen; the rest is in the JSON. */
const REASONS_MAX = 3;

/** A label and the text beside it; an empty label continues the one above. */
type Line = readonly [label: string, text: string];

/**
 * The demo's first screen: the answer first, then why, what was seen, what fixes it and what it is
 * worth. Every number on it was measured in this run; what was not seen is said to be not seen.
 */
export function renderDemo(
  demo: DemoResult,
  style: { readonly paint: Paint; readonly columns: number },
): string {
  const { paint, columns } = style;
  const lines: readonly Line[] = [
    ...why(demo),
    ...seen(demo, paint),
    ...fixes(demo, paint),
    ...contrast(demo, paint),
    ['NEXT', 'npx pool-lab budget --preset fastapi --replicas 6 --workers 4 --max-connections 100'],
    ...trust(demo, paint),
  ];
  return [
    headline(demo, paint),
    '',
    ...lines.map(([label, text]) => labelled(label, text, { columns, labelWidth: LABEL_WIDTH })),
    '',
  ].join('\n');
}

function headline({ tooBig, reproducedAfterMs }: DemoResult, paint: Paint): string {
  const outcome = tooBig.budget.observedRefusals ? 'reproduced' : 'NOT reproduced';
  const seconds = Math.max(1, Math.round(reproducedAfterMs / 1000));
  const { version } = tooBig.environment.postgres;
  return paint.bold(`"Too many connections": ${outcome} in ${seconds} s on PostgreSQL ${version}`);
}

function why({ tooBig }: DemoResult): readonly Line[] {
  const { connections, budget, plan } = tooBig;
  const reserved = connections.superuserReserved + connections.reserved;
  const others = budget.others === 1 ? "1 this lab's monitor" : `${budget.others} others`;
  return [
    [
      'WHY',
      `${plan.workers} workers × ${shapeText(plan.pool)} can open ${formatClaim(budget.predicted.ceiling)}; ${formatCount(budget.predicted.usable)} are free for them`,
    ],
    ['', `(${connections.maxConnections} − ${reserved} reserved − ${others})`],
  ];
}

function seen({ tooBig }: DemoResult, paint: Paint): readonly Line[] {
  const { budget, connections, environment, refusals, requests } = tooBig;
  const words = (refused: boolean): string => (refused ? 'refused' : 'not refused');
  const mark = budget.agrees ? paint.green('✓') : paint.red('✗ they disagree');
  return [
    [
      'SEEN',
      `predicted: ${words(budget.predictedRefusals)}   observed: ${words(budget.observedRefusals)}   ${mark}`,
    ],
    [
      '',
      `${formatCount(refusals.total)} of ${formatCount(requests.scheduled)} requests refused (SQLSTATE 53300), peak ${connections.peakWorkers} of ${budget.predicted.usable} connections`,
    ],
    ...refusalWords(refusals.byReason, environment.postgres.version).map(
      ({ count, words: said }): Line => ['', `${formatCount(count)} × "${said}"`],
    ),
  ];
}

function fixes({ fits, safe, surge }: DemoResult, paint: Paint): readonly Line[] {
  const candidates = [fits, safe];
  const rows = table(
    candidates.map((candidate) => fixCells(candidate, surge, paint)),
    ['left', 'right', 'left', 'right', 'left', 'left'],
  );
  return candidates.map((candidate, index) => [
    survives(candidate) ? 'FIX' : 'FIX?',
    rows[index] ?? '',
  ]);
}

function fixCells(
  { shape, steady, rollout }: ShapeUnderDeploy,
  surge: number,
  paint: Paint,
): readonly string[] {
  const { ceiling, rolloutCeiling } = rollout.budget.predicted;
  const good = survives({ shape, steady, rollout });
  const agrees = steady.budget.agrees && rollout.budget.agrees;
  const predicted = rollout.budget.predictedRefusals ? 'refusals' : 'none';
  return [
    `${steady.plan.workers} × ${shapeText(shape)} = ${formatClaim(ceiling)}`,
    `${formatCount(steady.refusals.total)} refused`,
    `  rolling deploy +${surge}: ${formatClaim(rolloutCeiling)}`,
    `${formatCount(rollout.refusals.total)} refused`,
    good ? paint.green('✓') : paint.red('✗'),
    agrees ? '' : paint.red(`← ${predicted} predicted`),
  ];
}

/** Seen to survive, and by arithmetic rather than by luck. */
function survives({ steady, rollout }: ShapeUnderDeploy): boolean {
  return [steady, rollout].every(
    ({ budget }) => !budget.observedRefusals && !budget.predictedRefusals,
  );
}

function contrast({ hot, control }: DemoResult, paint: Paint): readonly Line[] {
  const slower = hot.throughput?.finding === 'higher';
  return [
    [paint.bold(slower ? 'BIGGER CAN BE SLOWER' : 'BIGGER IS NOT ALWAYS SLOWER'), ''],
    [
      '',
      `hot rows: ${answersOf(hot)}${inTimeOf(hot)}, ${tailOf(hot)}, waiting for ${topWait(hot.large)}`,
    ],
    ['', `read by key: ${answersOf(control)}${inTimeOf(control)}`],
  ];
}

/** "200 per worker answers 4.1 [3.6–4.5] × less than 2 per worker", or that it cannot be told. */
function answersOf({ throughput, small, large }: Contrast): string {
  if (throughput === null) return 'no interval: a trial has no number for it';
  const [few, many] = [small, large].map((side) => side[0]?.plan.pool.poolSize ?? 0);
  switch (throughput.finding) {
    case 'higher':
      return `${many} per worker answers ${intervalOf(throughput)} × less than ${few} per worker`;
    case 'lower':
      return `${many} per worker answers ${intervalOf(inverse(throughput))} × more than ${few} per worker`;
    case 'equivalent':
      return `no difference between ${few} and ${many} per worker, ${intervalOf(throughput)} ×`;
    case 'not_distinguishable':
      return `no difference that ${throughput.pairs} pairs could tell from noise, ${intervalOf(throughput)} ×`;
  }
}

/** Goodput, where it tells another story than throughput. */
function inTimeOf({ throughput, goodput, small, large }: Contrast): string {
  const deadlineMs = small[0]?.plan.load.goodputDeadlineMs ?? null;
  if (goodput === null) {
    const [few, many] = [small, large].map(
      (side) => side.reduce((sum, trial) => sum + (trial.goodputPerSecond ?? 0), 0) / side.length,
    );
    return few === undefined || many === undefined || throughput === null
      ? ''
      : `, within ${formatMs(deadlineMs)} ${formatRate(many)}/s against ${formatRate(few)}/s`;
  }
  if (throughput !== null && intervalOf(throughput) === intervalOf(goodput)) return '';
  const inTime = `, within ${formatMs(deadlineMs)}`;
  switch (goodput.finding) {
    case 'higher':
      return `${inTime} ${intervalOf(goodput)} × less`;
    case 'lower':
      return `${inTime} ${intervalOf(inverse(goodput))} × more`;
    case 'equivalent':
      return `${inTime} no difference, ${intervalOf(goodput)} ×`;
    case 'not_distinguishable':
      return `${inTime} too uncertain to tell, ${intervalOf(goodput)} ×`;
  }
}

function tailOf({ tail: { percentile, ratio } }: Contrast): string {
  if (ratio === null) return `${percentile} unknown (too few answers)`;
  switch (ratio.finding) {
    case 'higher':
      return `${percentile} ${intervalOf(ratio)} × as long`;
    case 'lower':
      return `${percentile} ${intervalOf(inverse(ratio))} × as short`;
    case 'equivalent':
      return `${percentile} no different, ${intervalOf(ratio)} ×`;
    case 'not_distinguishable':
      return `${percentile} too uncertain to tell, ${intervalOf(ratio)} ×`;
  }
}

function inverse(ratio: PairedRatio): PairedRatio {
  return { ...ratio, ratio: 1 / ratio.ratio, low: 1 / ratio.high, high: 1 / ratio.low };
}

function intervalOf({ ratio, low, high }: PairedRatio): string {
  return `${formatRatio(ratio)} [${formatRatio(low)}–${formatRatio(high)}]`;
}

/** What the workers' backends spent most of their samples on, averaged over the trials. */
function topWait(trials: readonly WatchedTrial[]): string {
  const sums = new Map<string, number>();
  for (const { waitEventShares } of trials) {
    for (const [event, share] of Object.entries(waitEventShares)) {
      const group = ROW_LOCK_EVENTS.has(event) ? 'row locks' : event;
      sums.set(group, (sums.get(group) ?? 0) + share / trials.length);
    }
  }
  const [top] = [...sums].sort(([, a], [, b]) => b - a);
  return top === undefined ? 'unknown' : `${top[0]} ${formatShare(top[1])}`;
}

/** Who waits for a row waits for its holder's transaction, or in the queue behind the first waiter. */
const ROW_LOCK_EVENTS: ReadonlySet<string> = new Set(['Lock/transactionid', 'Lock/tuple']);

function trust(demo: DemoResult, paint: Paint): readonly Line[] {
  const trials = trialsOf(demo);
  const verdict = worstVerdict(trials);
  const reasons = reasonsAgainst(trials, 'trials');
  const { cores } = demo.tooBig.environment;
  const hidden = reasons.length - REASONS_MAX;
  return [
    [
      'TRUST',
      `${verdict === 'VALID' ? paint.green(verdict) : paint.red(verdict)}; windows of ${windowText(trials)}, steady state not judged; intervals [–] are over pairs.`,
    ],
    ...reasons.slice(0, REASONS_MAX).map((reason): Line => ['', `· ${reason}`]),
    ...(hidden > 0 ? [['', `· and ${hidden} more: see --json`] satisfies Line] : []),
    [
      '',
      `Carries over: the arithmetic, the errors. Does not: requests/s, ms, the size 2 (${plural(cores, 'core')} shared by all, no network in between, data in memory). Unknown: your network, your data, your clients.`,
    ],
  ];
}

function windowText(trials: readonly WatchedTrial[]): string {
  const seconds = trials.map(({ plan }) => plan.durationMs / 1_000);
  const [shortest, longest] = [Math.min(...seconds), Math.max(...seconds)];
  const first = shortest === longest ? '' : `${shortest.toFixed(1)}–`;
  return `${first}${longest.toFixed(1)} s`;
}
