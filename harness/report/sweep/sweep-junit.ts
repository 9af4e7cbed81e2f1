import type { CellResult, Situation, SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { formatCount, plural } from '../format.ts';
import { STATE_WORDS, situationText } from './cell-words.ts';
import { failedTrials } from './failed-trials.ts';
import { type JunitCase, type JunitOutcome, type JunitSuite, junitXml } from './junit.ts';
import { plainText } from './plain-text.ts';
import { estimateText, situationSentence } from './sweep-headline.ts';
import { type SweepView, viewSweep } from './sweep-view.ts';
import { meetsAll } from './threshold-counts.ts';

const ROOT = 'pool-lab sweep';
const BELIEVED = 'may be believed';

/**
 * A suite a cell and a case a threshold; without thresholds one case, whether the cell may be believed.
 *
 * A sweep looks for a configuration that works, so one that does not is no failure of the build while
 * another of the same workload and load does: it is skipped, with the reason. The suite before all
 * others is about the sweep itself.
 */
export function sweepJunit(result: SweepResult): string {
  const view = viewSweep(result);
  const suites = result.situations.flatMap((situation) => {
    const cells = view.cellsOf(situation);
    const good =
      cells.find(result.plan.base.thresholds.length === 0 ? isBelieved : isProven) ?? null;
    return cells.map((cell) => cellSuite(view, situation, { cell, good }));
  });
  return junitXml(ROOT, [sweepSuite(view), ...suites]);
}

const isBelieved = ({ verdict }: CellResult): boolean =>
  verdict === 'VALID' || verdict === 'DEGRADED';
const isProven = (cell: CellResult): boolean => isBelieved(cell) && meetsAll(cell);

function sweepSuite(view: SweepView): JunitSuite {
  const { plan, planHash, environment, trials, damage, createdAt, situations } = view.result;
  const failures = failedTrials(view);
  const missing = trials.planned - trials.measured - trials.failed;
  return {
    name: 'sweep',
    timestamp: createdAt,
    properties: {
      'plan.sha256': planHash,
      'plan.rounds': String(plan.rounds),
      ...Object.fromEntries(
        Object.entries(plan.settings).map(([name, texts]) => [
          `plan.${plainText(name)}`,
          plainText(texts.join(' ')),
        ]),
      ),
      ...(environment === null ? {} : machineProperties(environment)),
    },
    cases: [
      {
        className: ROOT,
        name: 'every trial was measured',
        outcome: trialsOutcome(failures, { missing, planned: trials.planned }),
        output: situations.map((situation) => situationSentence(view, situation)).join('\n'),
      },
      {
        className: ROOT,
        name: 'every file of the run is whole',
        outcome:
          damage.length === 0
            ? { kind: 'passed' }
            : { kind: 'error', message: damage.map(plainText).join('; ') },
        output: '',
      },
    ],
  };
}

function trialsOutcome(
  failures: readonly string[],
  { missing, planned }: { readonly missing: number; readonly planned: number },
): JunitOutcome {
  if (failures.length > 0) return { kind: 'error', message: failures.join('; ') };
  if (missing === 0) return { kind: 'passed' };
  const reason = `${formatCount(missing)} of ${plural(planned, 'trial')} still to be measured`;
  return { kind: 'skipped', reason };
}

function machineProperties(
  environment: NonNullable<SweepResult['environment']>,
): Readonly<Record<string, string>> {
  const { poolLabVersion, nodeVersion, platform, arch, osRelease, cpuModel, cores } = environment;
  const { memoryBytes, postgres } = environment;
  return {
    'pool-lab.version': poolLabVersion,
    'node.version': nodeVersion,
    'postgres.version': postgres.version,
    'machine.system': `${platform} ${arch} ${osRelease}`,
    'machine.cpu': cpuModel,
    'machine.cores': String(cores),
    'machine.memory_bytes': String(memoryBytes),
  };
}

interface Judged {
  readonly cell: CellResult;
  /** One that does what was asked for, if there is one. */
  readonly good: CellResult | null;
}

function cellSuite(view: SweepView, situation: Situation, judged: Judged): JunitSuite {
  const { cell } = judged;
  const { axes, base } = view.result.plan;
  const place = situationText(situation, axes);
  const className = `${ROOT}.${place}`;
  const suffix = `${view.name(cell)} (${cell.id})`;
  const first = cell.rounds.find((round) => round.state === 'measured');
  const cases: readonly JunitCase[] =
    base.thresholds.length === 0
      ? [{ className, name: `${suffix} ${BELIEVED}`, ...believed(view, judged) }]
      : base.thresholds.map((expression) => ({
          className,
          name: `${suffix} ${expression}`,
          ...threshold(view, judged, expression),
        }));
  return {
    name: `${place}: ${suffix}`,
    timestamp: first?.state === 'measured' ? first.startedAt : null,
    properties: {
      state: STATE_WORDS[cell.state],
      verdict: cell.verdict ?? 'not measured',
      'goodput.per_second': estimateText(cell),
    },
    cases,
  };
}

type Outcome = Pick<JunitCase, 'outcome' | 'output'>;

function believed(view: SweepView, { cell, good }: Judged): Outcome {
  const output = cell.caveats
    .map(({ grade, code, detail }) => `${grade} ${code}: ${plainText(detail)}`)
    .join('\n');
  if (isBelieved(cell)) return { outcome: { kind: 'passed' }, output };
  return { outcome: unproven(view, { cell, good }), output };
}

function threshold(view: SweepView, judged: Judged, expression: string): Outcome {
  const { cell, good } = judged;
  const reading = cell.thresholds.find((candidate) => candidate.expression === expression);
  if (reading === undefined || !isBelieved(cell)) {
    return { outcome: unproven(view, judged), output: reading?.detail ?? '' };
  }
  if (reading.met) return { outcome: { kind: 'passed' }, output: reading.detail };
  const outcome: JunitOutcome =
    good === null
      ? {
          kind: 'failed',
          message: `${expression} is not met, nor are all by any other cell: ${reading.detail}`,
        }
      : { kind: 'skipped', reason: `not met, but ${view.name(good)} meets all: ${reading.detail}` };
  return { outcome, output: '' };
}

/** Nothing was found out: of no importance where another cell shows that it can be done. */
function unproven(view: SweepView, { cell, good }: Judged): JunitOutcome {
  const failed = cell.rounds.flatMap((round) => (round.state === 'failed' ? round.error : []));
  const [error] = failed;
  if (cell.verdict === null && error !== undefined) {
    return { kind: 'error', message: `${error.code}: ${plainText(error.message)}` };
  }
  if (cell.verdict === null) return { kind: 'skipped', reason: 'not measured yet' };
  const reason = `its numbers must not be believed: ${cell.caveats.map(({ code }) => code).join(', ')}`;
  return good === null
    ? { kind: 'error', message: reason }
    : { kind: 'skipped', reason: `${reason}; ${view.name(good)} shows that it can be done` };
}
