import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { DatabaseFaultKind } from '../plan/database-fault.ts';
import { printDatabaseFault } from '../plan/database-fault-parser.ts';
import { formatBytes, formatCount, formatMs, formatRate, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';

type FaultResult = MeasuredTrial['faults'][number];

/** What was done to the network on command, and what came after it. */
export function faultLines(trial: MeasuredTrial): readonly ReportLine[] {
  return [
    ...trial.faults.map((fault, index) => ({
      label: index === 0 ? 'FAULTS' : '',
      text: `${printDatabaseFault(fault)}: ${faultText(fault)}`,
    })),
    ...lingeringLines(trial),
  ];
}

function faultText(fault: FaultResult): string {
  const { startedMs, endedMs } = fault;
  if (startedMs === null || endedMs === null) return 'did not come, the run was over before';
  const lasted = fault.durationMs === 0 ? '' : `, for ${formatMs(endedMs - startedMs)}`;
  return `at ${formatMs(startedMs)}${lasted}; ${doneText(fault)}; ${afterText(fault)}`;
}

const DONE: Readonly<Record<DatabaseFaultKind, string>> = {
  reset: 'broken',
  refuse: 'refused',
  stall: 'held up',
  blackhole: 'silenced for ever',
};

function doneText({ kind, connections, bytesLost, bytesHeld }: FaultResult): string {
  const bytes = [
    bytesLost === 0 ? [] : `${formatBytes(bytesLost)} lost`,
    bytesHeld === 0 ? [] : `${formatBytes(bytesHeld)} late`,
  ].flat();
  return [`${plural(connections, 'connection')} ${DONE[kind]}`, ...bytes].join(', ');
}

function afterText(fault: FaultResult): string {
  const { firstRightMs, failed, durationMs } = fault;
  const right =
    firstRightMs === null
      ? 'no request that began after it was answered right'
      : `first right answer ${formatMs(firstRightMs)} after ${durationMs === 0 ? 'it' : 'its end'}`;
  return `${right}${backText(fault)}; ${formatCount(failed)} failed until then`;
}

function backText({ goodBeforePerSecond: before, goodputBackMs }: FaultResult): string {
  if (before === null) return '';
  if (goodputBackMs === null) return `, goodput not back to the ${formatRate(before)}/s before`;
  const { atLeast, atMost } = goodputBackMs;
  return atLeast === 0
    ? `, goodput back within ${formatMs(atMost)}`
    : `, goodput back after ${formatMs(atLeast)} to ${formatMs(atMost)}`;
}

/** A pool replaces what it has lost, while PostgreSQL still has the old sessions. */
function lingeringLines({ faults, budget, connections }: MeasuredTrial): readonly ReportLine[] {
  if (budget === null || connections === null) return [];
  const { ceiling } = budget.predicted;
  const hit = faults.some(({ kind, startedMs }) => kind !== 'stall' && startedMs !== null);
  if (!hit || ceiling === null || connections.peakWorkers <= ceiling) return [];
  return [
    {
      label: '',
      text: `PostgreSQL had ${formatCount(connections.peakWorkers)} sessions of pools that open ${formatCount(ceiling)}: one that was cut off lives on there until its statement ends or keepalive finds out`,
    },
  ];
}
