import { shapeOfPlan } from '../../analysis/estimates/shape-of-plan.ts';
import { expandCells } from '../../plan/sweep/cells.ts';
import { countCells } from '../../plan/sweep/count-cells.ts';
import { deploySurge } from '../../plan/sweep/deploy-surge.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { TRIAL_OVERHEAD_MS, totalMsOf } from '../../plan/sweep/sweep-time.ts';
import { printDuration } from '../../plan/value-parser.ts';
import { computeBudget } from '../../sizing/budget.ts';
import { poolerLimits } from '../../sizing/pooler-limits.ts';
import { awayText } from '../distance-text.ts';
import { formatCount, formatMs, plural } from '../format.ts';
import { loadText, scheduleText } from '../load-text.ts';
import type { ReportLine } from '../report-line.ts';
import { requestsText } from '../requests-text.ts';
import { sqlLines } from '../sql-text.ts';
import { plainText } from './plain-text.ts';

/** The lab's own monitor; whoever else is connected shows only when PostgreSQL runs. */
const OTHERS = 1;
const NOTHING_SWEPT =
  '→ one cell has nothing to be compared with: give several values, e.g. --pool-size 1..16:x2 --max-overflow 0';
/** Longer lists are told by their ends. */
const LISTED_MAX = 12;

/** What a sweep is going to do and how long that takes, before anything starts. */
export function describeSweep(plan: SweepPlan): readonly ReportLine[] {
  const axes = namedAxes(plan);
  const swept = axes.filter(({ values }) => values.length > 1);
  return [
    { label: 'SWEEP', text: extentText(plan, swept) },
    ...swept.map(({ label, text }) => ({ label, text })),
    ...(swept.length === 0 ? [{ label: '', text: NOTHING_SWEPT }] : []),
    ...(plan.base.requests === null
      ? []
      : [{ label: 'REQUESTS', text: requestsText(plan.base.requests) }]),
    ...sqlLines(plan.base.sql),
    { label: 'FIXED', text: fixedText(plan, axes) },
    { label: 'TIME', text: timeText(plan) },
    { label: 'BUDGET', text: budgetText(plan) },
  ];
}

interface NamedAxis {
  readonly label: string;
  readonly flags: readonly string[];
  readonly singular: string;
  readonly many: string;
  readonly values: readonly unknown[];
  readonly text: string;
}

function namedAxes({ axes, base }: SweepPlan): readonly NamedAxis[] {
  return [
    {
      label: 'WORKLOAD',
      flags: ['workload'],
      singular: 'workload',
      many: 'workloads',
      values: axes.workload,
      text: axes.workload.join(', '),
    },
    {
      label: 'LOAD',
      flags: ['connections', 'rate', 'stages', 'think-time', 'arrivals', 'max-in-flight', 'at-cap'],
      singular: 'load',
      many: 'loads',
      values: axes.load,
      text: loadsText(axes.load, base),
    },
    {
      label: 'DISTANCE',
      flags: ['db-rtt'],
      singular: 'distance',
      many: 'distances',
      values: axes.dbRttMs,
      text: axes.dbRttMs.map(printDuration).join(', '),
    },
    numbers('max-connections', 'value of max_connections', 'values of max_connections', {
      label: 'SLOTS',
      values: axes.maxConnections,
    }),
    {
      label: 'POOL KIND',
      flags: ['pool-kind'],
      singular: 'pool kind',
      many: 'pool kinds',
      values: axes.poolKind,
      text: axes.poolKind.join(', '),
    },
    numbers('max-overflow', 'max_overflow', 'values of max_overflow', {
      label: 'MAX OVERFLOW',
      values: axes.maxOverflow,
      unlimited: -1,
    }),
    numbers('workers', 'number of workers', 'numbers of workers', {
      label: 'WORKERS',
      values: axes.workers,
    }),
    numbers('pool-size', 'pool_size', 'values of pool_size', {
      label: 'POOL SIZE',
      values: axes.poolSize,
      unlimited: 0,
    }),
  ];
}

function numbers(
  flag: string,
  singular: string,
  many: string,
  rest: {
    readonly label: string;
    readonly values: readonly number[];
    /** The number that stands for no limit. */
    readonly unlimited?: number;
  },
): NamedAxis {
  const { label, values, unlimited } = rest;
  const texts = values.map((value) => (value === unlimited ? 'unlimited' : String(value)));
  return { label, flags: [flag], singular, many, values, text: listText(texts) };
}

/** `32, 64 clients`; what the loads have in common is said once. */
function loadsText(loads: SweepPlan['axes']['load'], base: SweepPlan['base']): string {
  const texts = loads.map((model, index) => {
    if (index === loads.length - 1)
      return loadText({ load: { ...base.load, model }, seed: base.seed });
    return model.kind === 'closed' ? formatCount(model.connections) : scheduleText(model);
  });
  return listText(texts);
}

/** `3 numbers of workers × 6 values of pool_size = 18 cells, × 3 rounds = 54 trials`. */
function extentText(plan: SweepPlan, swept: readonly NamedAxis[]): string {
  const cells = countCells(plan.axes);
  const factors = swept.map(({ values, singular, many }) => plural(values.length, singular, many));
  const shapeless = plan.axes.poolKind.includes('null') && plan.axes.poolKind.length > 1;
  // Without a pool there is one shape, so that the product would be more than there are.
  const product =
    factors.length === 0 ? '' : `${factors.join(' × ')}${shapeless ? ', no pool once: ' : ' = '}`;
  const trials = plural(cells * plan.rounds, 'trial');
  return `${product}${plural(cells, 'cell')}, × ${plural(plan.rounds, 'round')} = ${trials}`;
}

function listText(values: readonly string[]): string {
  if (values.length <= LISTED_MAX) return values.join(', ');
  return `${values.slice(0, 3).join(', ')}, … ${values.at(-1)} (${formatCount(values.length)} values)`;
}

/** What all cells have in common: axes with one value, and whatever else was set, as it would be typed. */
function fixedText(plan: SweepPlan, axes: readonly NamedAxis[]): string {
  const { base } = plan;
  const single = axes.filter(({ values }) => values.length === 1);
  const pooled = plan.axes.poolKind.some((kind) => kind !== 'null');
  const words = single.flatMap(({ label, text, singular }) => {
    if (label === 'LOAD') return [text];
    if (label === 'DISTANCE')
      return base.distance.rttMs === 0 ? [] : [awayText(base.distance.rttMs)];
    if (label === 'WORKERS') return [plural(base.workers, 'worker')];
    if (label === 'SLOTS') return [`max_connections ${text}`];
    // Of the lab's own API alone: a service has its own pool, and its requests stand in a line of their own.
    if (base.service !== null && ['WORKLOAD', 'POOL KIND'].includes(label)) return [];
    return pooled || label === 'WORKLOAD' || label === 'POOL KIND' ? [`${singular} ${text}`] : [];
  });
  const ofAxes = new Set([...axes.flatMap(({ flags }) => flags), 'rounds', 'surge']);
  const others = Object.entries(plan.settings)
    .filter(([flag]) => !ofAxes.has(flag))
    .flatMap(([flag, texts]) => texts.map((text) => `--${flag} ${plainText(text)}`));
  return [...words, ...others].join('; ');
}

function timeText(plan: SweepPlan): string {
  const { base, rounds, axes } = plan;
  const trials = countCells(axes) * rounds;
  const drainMs = trials * base.drainMs;
  const mostMs = totalMsOf(plan) + trials * TRIAL_OVERHEAD_MS;
  const windows = axes.load.some(({ kind }) => kind === 'open') && axes.load.length === 1;
  const windowMs = windows ? (totalMsOf(plan) - drainMs) / trials - base.warmupMs : base.durationMs;
  return `${longText(mostMs - drainMs)} to ${longText(mostMs)}: a trial warms up for ${formatMs(base.warmupMs)}, measures for ${formatMs(windowMs)}, drains for at most ${formatMs(base.drainMs)} and takes about ${formatMs(TRIAL_OVERHEAD_MS)} beside that${restartsText(plan)}`;
}

function restartsText({ axes }: SweepPlan): string {
  const settings = axes.maxConnections.length;
  return settings === 1
    ? ''
    : `; starts of PostgreSQL, ${formatCount(settings)} settings, not counted`;
}

/** `40 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
function longText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How many cells could ask for more connections than there are, which is measured all the same. */
function budgetText(plan: SweepPlan): string {
  const cells = expandCells(plan);
  const budgets = cells.map((cell) =>
    computeBudget({
      workers: cell.plan.workers,
      shape: shapeOfPlan(cell.plan),
      rolloutSurge: deploySurge(plan, cell.plan.workers),
      maxConnections: cell.plan.postgres.maxConnections,
      superuserReserved: plan.base.postgres.superuserReservedConnections,
      reserved: plan.base.postgres.reservedConnections,
      others: OTHERS,
      pooler: poolerLimits(plan.base.pooler),
    }),
  );
  const over = budgets.filter(({ fits }) => !fits).length;
  const overInDeploy = budgets.filter((it) => it.fits && !it.fitsDuringRollout).length;
  const usable = [...new Set(budgets.map((budget) => budget.usable))].sort((a, b) => a - b);
  const most = usable.length > LISTED_MAX ? usable.slice(0, LISTED_MAX) : usable;
  const slots = `${most.map(formatCount).join(', ')}${most.length < usable.length ? ', …' : ''} usable`;
  if (over + overInDeploy === 0) return `every cell fits, in a deploy too; ${slots}`;
  const surge =
    plan.base.service === null ? plural(deploySurge(plan, 0), 'extra worker') : 'a second instance';
  const parts = [
    over === 0 ? [] : `${formatCount(over)} can open more than there is`,
    overInDeploy === 0 ? [] : `${formatCount(overInDeploy)} more in a deploy with ${surge}`,
  ].flat();
  return `of ${plural(cells.length, 'cell')} ${parts.join(', ')}; ${slots}`;
}
