import { allowedRange, type Unit } from '../selftest/quantity.ts';
import type {
  JudgedQuantity,
  RowResult,
  RowStatus,
  SelftestResult,
} from '../selftest/selftest-result.ts';
import { ABSENT, formatMs, plural } from './format.ts';
import type { Paint } from './paint.ts';
import { labelled, table, wrap } from './text-layout.ts';

export interface SelftestStyle {
  readonly columns: number;
  readonly paint: Paint;
}

const MARK: Readonly<Record<RowStatus, string>> = { pass: '✓', fail: '✗', inconclusive: '?' };
const ALIGN = ['left', 'left', 'left', 'right', 'right', 'right', 'left'] as const;
const HEAD = ['', '', '', 'truth', 'ours', 'autocannon', 'allowed'] as const;

/** The first ones tell what happened; JSON has them all. */
const BROKEN_LAWS_SHOWN = 3;

/** The end of this report as of every other. */
const WORTH: readonly (readonly [string, string])[] = [
  ['CARRIES OVER', 'that the account adds up, and that latency counts from the intended start'],
  ['DOES NOT', 'how exact times are: that is this machine, now, at these rates'],
  ['UNKNOWN', "whether the API's own share of a latency is told right: the stubs have no pool"],
];

/** The answer first, then the table by what the stub does, then what is wrong, then the legend and what it is worth. */
export function selftestTerminal(
  result: SelftestResult,
  { columns, paint }: SelftestStyle,
): string {
  const { rows } = result;
  // Stopped before the first: a table without a row explains nothing.
  if (rows.length === 0) return `${headlineOf(result, paint)}\n`;
  const cells = rows.map((row) => ({ row, lines: cellsOf(row) }));
  const laidOut = table([[...HEAD], ...cells.flatMap(({ lines }) => lines)], [...ALIGN]);
  const lines: string[] = [headlineOf(result, paint), ''];
  let next = 0;
  const take = (count: number): readonly string[] => {
    next += count;
    return laidOut.slice(next - count, next);
  };
  lines.push(...take(1));
  let family = '';
  for (const { row, lines: own } of cells) {
    if (row.family !== family) lines.push(paint.bold(row.title));
    family = row.family;
    lines.push(...take(own.length).map((line) => paintMark(line, row.status, paint)));
  }
  const wrong = rows.flatMap((row) => complaints(row));
  const bullet = (text: string): string => wrap(text, { columns, indent: 2 });
  return `${[
    ...lines,
    ...(wrong.length === 0 ? [] : ['', ...wrong.map(bullet)]),
    '',
    ...legend(result).map(([label, text]) => labelled(label, text, { columns, labelWidth: 12 })),
    '',
    ...WORTH.map(([label, text]) => labelled(label, text, { columns, labelWidth: 14 })),
  ].join('\n')}\n`;
}

/** One sentence: how many rows pass, and which do not. */
export function selftestAnswer({ rows, rowsPlanned, durationMs }: SelftestResult): string {
  const named = (status: RowStatus): string =>
    rows
      .filter((row) => row.status === status)
      .map(({ id }) => id)
      .join(', ');
  const passed = rows.filter(({ status }) => status === 'pass').length;
  const failed = named('fail');
  const inconclusive = named('inconclusive');
  const stopped = rows.length < rowsPlanned;
  const parts = [
    `${passed} of ${plural(rowsPlanned, 'row')} pass${passed === 1 ? 'es' : ''}`,
    ...(failed === '' ? [] : [`FAILED ${failed}`]),
    ...(inconclusive === '' ? [] : [`inconclusive ${inconclusive}`]),
    ...(stopped ? [`stopped after ${rows.length}`] : []),
  ];
  return `selftest: ${parts.join('; ')} in ${formatMs(durationMs).replace(/\.\d+ s$/, ' s')}`;
}

/** Every row that was asked for was measured, and is right. */
export function selftestPassed({ rows, rowsPlanned }: SelftestResult): boolean {
  return rows.length === rowsPlanned && rows.every(({ status }) => status === 'pass');
}

function headlineOf(result: SelftestResult, paint: Paint): string {
  const answer = selftestAnswer(result);
  if (selftestPassed(result)) return paint.green(answer);
  return result.rows.some(({ status }) => status === 'fail')
    ? paint.red(answer)
    : paint.yellow(answer);
}

function cellsOf(row: RowResult): readonly (readonly string[])[] {
  const shown = row.quantities.filter(({ headline, holds }) => headline || !holds);
  return shown.map((quantity, index) => [
    index === 0 ? `  ${MARK[row.status]}` : '',
    index === 0 ? row.engine : '',
    `${quantity.name}${quantity.holds ? '' : ' ←'}`,
    valueText(quantity.truth, quantity.unit),
    valueText(quantity.ours, quantity.unit),
    rawText(quantity),
    allowedText(quantity),
  ]);
}

function paintMark(line: string, status: RowStatus, paint: Paint): string {
  const mark = MARK[status];
  const color = { pass: paint.green, fail: paint.red, inconclusive: paint.yellow }[status];
  return line.startsWith(`  ${mark}`) ? `  ${color(mark)}${line.slice(2 + mark.length)}` : line;
}

/** What is wrong with a row, one sentence for each wrong quantity. */
function complaints(row: RowResult): readonly string[] {
  const wrong = row.quantities
    .filter(({ holds }) => !holds)
    .map((quantity) => {
      const { name, truth, ours, unit } = quantity;
      const range = allowedRange(quantity);
      const allowed =
        range === null
          ? ''
          : ` (allowed ${valueText(range.low, unit)} to ${valueText(range.high, unit)})`;
      return `${MARK[row.status]} ${row.id}: ${name} is ${valueText(ours, unit)}, the truth ${valueText(truth, unit)}${allowed}`;
    });
  const more = row.brokenLaws.length - BROKEN_LAWS_SHOWN;
  const laws = [
    ...row.brokenLaws.slice(0, BROKEN_LAWS_SHOWN),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ].map((law) => `${MARK[row.status]} ${row.id}: broken law: ${law}`);
  const noise =
    row.status === 'inconclusive'
      ? [
          `? ${row.id}: nothing can be told: ${row.doubts.join('; ')}. Run it again on a machine that does nothing else.`,
        ]
      : [];
  return [...wrong, ...laws, ...noise];
}

function legend({ engineVersions }: SelftestResult): readonly (readonly [string, string])[] {
  const engines = Object.entries(engineVersions).map(([kind, version]) => `${kind}: ${version}`);
  return [
    ['truth', 'what the stub recorded of itself, or what follows by arithmetic'],
    ['ours', `pool-lab's engines (${engines.join(', ')})`],
    [
      'autocannon',
      `the same package left alone, a closed loop on the same stub, counts as told of those in its own run; ${ABSENT}: it does not tell`,
    ],
    [
      'allowed',
      'around the truth, the larger of the two; or the 99.9 % interval around ours that must hold it',
    ],
  ];
}

function valueText(value: number | string | null, unit: Unit): string {
  if (value === null) return ABSENT;
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'ms':
      return `${digits(value)} ms`;
    case 'per_second':
      return `${digits(value)}/s`;
    case 'requests':
    case 'clients':
    case 'word':
      return digits(value);
  }
}

/** autocannon counts whole milliseconds: no digits that it does not have. */
function rawText({ raw, unit }: JudgedQuantity): string {
  if (typeof raw === 'number' && unit === 'ms') return `${Math.round(raw)} ms`;
  return valueText(raw, unit);
}

/** Tenths where a tenth counts: tolerances are fractions of a millisecond there. */
function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}

function allowedText({ tolerance, unit }: JudgedQuantity): string {
  switch (tolerance.kind) {
    case 'exact':
      return 'exact';
    case 'within': {
      const share = `± ${Math.round(tolerance.relative * 100)} %`;
      return tolerance.absolute === 0
        ? share
        : `± ${valueText(tolerance.absolute, unit)} or ${Math.round(tolerance.relative * 100)} %`;
    }
    case 'interval':
      return `${valueText(tolerance.low, unit)} to ${valueText(tolerance.high, unit)}`;
  }
}
