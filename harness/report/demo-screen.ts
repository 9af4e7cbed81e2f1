import type { PoolShape } from '../../server/contract.ts';
import type { PairedRatio } from '../analysis/paired-ratio.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { Contrast, DemoResult, ShapeUnderDeploy } from '../scenarios/demo.ts';
import { formatCount, formatRatio, formatShare } from './format.ts';
import type { Paint } from './paint.ts';
import { refusalWords } from './refusal-words.ts';
import { worstVerdict } from './worst-verdict.ts';

const LABEL_WIDTH = 8;

/**
 * The demo's first screen: the answer first, then why, what was seen, what fixes it and what it is
 * worth. Every number on it was measured in this run; what was not seen is said to be not seen.
 */
export function renderDemo(demo: DemoResult, paint: Paint): string {
  return [
    headline(demo, paint),
    '',
    ...why(demo),
    ...seen(demo, paint),
    ...fixes(demo, paint),
    ...contrast(demo),
    ...trust(demo, paint),
    ...next(),
    '',
  ].join('\n');
}

function headline({ tooBig, reproducedAfterMs }: DemoResult, paint: Paint): string {
  const where = `PostgreSQL ${tooBig.environment.postgres.version}`;
  const after = `${Math.max(1, Math.round(reproducedAfterMs / 1000))} s`;
  return tooBig.budget.observedRefusals
    ? paint.bold(`"Too many connections": reproduced in ${after} on ${where}`)
    : paint.bold(`"Too many connections": NOT reproduced in ${after} on ${where}`);
}

function why({ tooBig }: DemoResult): readonly string[] {
  const { connections, budget, plan } = tooBig;
  const others = budget.others === 1 ? "1 this lab's monitor" : `${budget.others} others`;
  const ceiling = budget.predicted.ceiling;
  return [
    line(
      'WHY',
      `${plan.workers} workers × ${shapeOf(plan.pool)} can open ${ceiling === null ? 'any number' : formatCount(ceiling)}; ${formatCount(budget.predicted.usable)} are free for them`,
    ),
    line(
      '',
      `(${connections.maxConnections} − ${connections.superuserReserved + connections.reserved} reserved − ${others})`,
    ),
  ];
}

function seen({ tooBig }: DemoResult, paint: Paint): readonly string[] {
  const { budget, connections, environment, refusals, requests } = tooBig;
  const predicted = budget.predictedRefusals ? 'refused' : 'no refusal';
  const mark = budget.agrees ? '' : paint.red('  (they disagree)');
  return [
    line(
      'SEEN',
      `predicted: ${predicted}   observed: peak ${connections.peakWorkers} of ${budget.predicted.usable}, ${formatCount(refusals.total)} of ${formatCount(requests.scheduled)} requests refused (53300)${mark}`,
    ),
    ...refusalWords(refusals.byReason, environment.postgres.version).map(({ count, words }) =>
      line('', `${formatCount(count)} × "${words}"`),
    ),
  ];
}

function fixes({ fits, safe, surge }: DemoResult, paint: Paint): readonly string[] {
  const rows = [fits, safe].map((candidate) => fixRow(candidate, surge));
  const width = (read: (row: FixRow) => string): number =>
    Math.max(...rows.map((row) => read(row).length));
  const [shapes, steadies, rollouts] = [
    width((row) => row.shape),
    width((row) => row.steady),
    width((row) => row.rollout),
  ];
  return rows.map((row) => {
    const mark = row.survives ? paint.green('✓') : paint.red('✗');
    const text = `${row.shape.padEnd(shapes)}   ${row.steady.padEnd(steadies)}   ${row.rollout.padEnd(rollouts)}  ${mark}${row.note}`;
    return line(row.survives ? 'FIX' : 'FIX?', text);
  });
}

interface FixRow {
  readonly shape: string;
  readonly steady: string;
  readonly rollout: string;
  readonly survives: boolean;
  readonly note: string;
}

function fixRow({ shape, steady, rollout }: ShapeUnderDeploy, surge: number): FixRow {
  const { ceiling, rolloutCeiling } = rollout.budget.predicted;
  const survives = !steady.budget.observedRefusals && !rollout.budget.observedRefusals;
  const claim = (value: number | null): string => (value === null ? '∞' : String(value));
  return {
    shape: `${steady.plan.workers} × ${shapeOf(shape)} = ${claim(ceiling)}`,
    steady: `${formatCount(steady.refusals.total)} refused`,
    rollout: `rolling deploy (+${surge}): ${claim(rolloutCeiling)}, ${formatCount(rollout.refusals.total)} refused`,
    survives: survives && rollout.budget.agrees,
    note:
      steady.budget.agrees && rollout.budget.agrees
        ? ''
        : `  predicted otherwise: ${rollout.budget.predictedRefusals ? 'refused' : 'not refused'} during the deploy`,
  };
}

function contrast({ hot, control }: DemoResult): readonly string[] {
  const perWorker = (contrastOf: Contrast) => ({
    small: String(contrastOf.small[0]?.plan.pool.poolSize ?? '?'),
    large: String(contrastOf.large[0]?.plan.pool.poolSize ?? '?'),
  });
  const { small, large } = perWorker(hot);
  const slower = hot.throughput?.finding === 'higher';
  return [
    line(slower ? 'BIGGER CAN BE SLOWER' : 'BIGGER IS NOT FASTER', ''),
    line('', `hot rows: ${answersSentence(hot, small, large)}`),
    line('', `          p99 ${latencySentence(hot)}; waiting for: ${topWait(hot.large)}`),
    line('', `read by key: ${answersSentence(control, small, large)}`),
  ];
}

/** "200 per worker answers 4.1 [3.6–4.5] × less than 2 per worker", or that it cannot be told. */
function answersSentence({ throughput }: Contrast, small: string, large: string): string {
  if (throughput === null) return 'no interval: a trial had no right answers';
  const interval = intervalOf(throughput);
  switch (throughput.finding) {
    case 'higher':
      return `${large} per worker answers ${interval} × less than ${small} per worker`;
    case 'lower':
      return `${large} per worker answers ${intervalOf(inverse(throughput))} × more than ${small} per worker`;
    case 'equivalent':
      return `no difference (${small} against ${large} per worker: ${interval} ×)`;
    case 'not_distinguishable':
      return `no difference that ${throughput.pairs} pairs could tell from noise (${interval} ×)`;
  }
}

function latencySentence({ latencyP99 }: Contrast): string {
  if (latencyP99 === null) return 'unknown (too few answers for a p99)';
  if (latencyP99.finding === 'higher') return `${intervalOf(latencyP99)} × as long`;
  if (latencyP99.finding === 'lower') return `${intervalOf(inverse(latencyP99))} × shorter`;
  return `not distinguishable (${intervalOf(latencyP99)} ×)`;
}

function inverse(ratio: PairedRatio): PairedRatio {
  return { ...ratio, ratio: 1 / ratio.ratio, low: 1 / ratio.high, high: 1 / ratio.low };
}

function intervalOf({ ratio, low, high }: PairedRatio): string {
  return `${formatRatio(ratio)} [${formatRatio(low)}–${formatRatio(high)}]`;
}

/** What active backends spent most of their samples on, averaged over the trials. */
function topWait(trials: readonly MeasuredTrial[]): string {
  const sums = new Map<string, number>();
  for (const { waitEventShares } of trials) {
    for (const [event, share] of Object.entries(waitEventShares)) {
      const group = event.startsWith('Lock/') ? 'row locks' : event;
      sums.set(group, (sums.get(group) ?? 0) + share / trials.length);
    }
  }
  const top = [...sums].sort(([, a], [, b]) => b - a)[0];
  return top === undefined ? 'unknown' : `${top[0]} ${formatShare(top[1])}`;
}

function trust(demo: DemoResult, paint: Paint): readonly string[] {
  const trials = trialsOf(demo);
  const verdict = worstVerdict(trials);
  const cores = demo.tooBig.environment.cores;
  const reasons = [
    ...new Set(
      trials.flatMap(({ caveats }) => caveats.map(({ code, detail }) => `${code}: ${detail}`)),
    ),
  ];
  const shown = verdict === 'VALID' ? paint.green(verdict) : paint.red(verdict);
  return [
    line('TRUST', `${shown}.  Carries over: the arithmetic, the errors.`),
    line('', 'Does not: req/s, ms, the size 2'),
    line('', `(${cores} cores shared by all, no network in between, data in memory)`),
    ...reasons.slice(0, REASONS_MAX).map((reason) => line('', `· ${reason}`)),
    ...(reasons.length > REASONS_MAX
      ? [line('', `· and ${reasons.length - REASONS_MAX} more, with --json`)]
      : []),
  ];
}
const REASONS_MAX = 3;

export function trialsOf({
  tooBig,
  fits,
  safe,
  hot,
  control,
}: DemoResult): readonly MeasuredTrial[] {
  return [
    tooBig,
    fits.steady,
    fits.rollout,
    safe.steady,
    safe.rollout,
    ...[hot, control].flatMap(({ small, large }) => [...small, ...large]),
  ];
}

function next(): readonly string[] {
  return [
    line(
      'NEXT',
      'npx pool-lab budget --preset fastapi --replicas 6 --workers 4 --max-connections 100',
    ),
  ];
}

function shapeOf({ poolSize, maxOverflow }: PoolShape): string {
  return `(${poolSize === 0 ? 'unlimited' : poolSize}+${maxOverflow === -1 ? 'unlimited' : maxOverflow})`;
}

function line(label: string, text: string): string {
  return `${label.length < LABEL_WIDTH ? label.padEnd(LABEL_WIDTH) : label}${text}`.trimEnd();
}
