import type { WaysCaveatCode, WaysResult } from '../../analysis/ways/ways-result.ts';
import type { Way } from '../../plan/ways/way.ts';
import { carriesOverLines } from '../carries-over-lines.ts';
import { distanceText } from '../distance-text.ts';
import { formatCount, formatMs, plural } from '../format.ts';
import { intervalText, USELESS_INTERVAL, USELESS_INTERVAL_MEANING } from '../interval-text.ts';
import { lineText } from '../line-text.ts';
import { loadText } from '../load-text.ts';
import type { Paint } from '../paint.ts';
import type { ReportLine } from '../report-line.ts';
import { shapeText } from '../shape-text.ts';
import { plainText } from '../sweep/plain-text.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { wrap } from '../text-layout.ts';
import { WAY_LETTER, wayText } from './way-words.ts';
import { waysHeadline } from './ways-headline.ts';
import { waysNextCommand } from './ways-next-command.ts';
import { answersLine, connectionsLine, refusedLine } from './ways-tables.ts';

/** Four ways: what to deploy and why, what was measured, how they compare, and what it is worth. */
export function waysTerminal(result: WaysResult, style: TerminalStyle): string {
  const { columns, paint } = style;
  const headline = wrap(waysHeadline(result), { columns, indent: 2 });
  const blocks: readonly (readonly ReportLine[])[] = [
    [...waysLines(result), ...measuredLines(result)],
    [answersLine(result), refusedLine(result, paint), connectionsLine(result)],
    [...roomLines(result)],
    [...verdictLines(result, paint), ...carriesLines(result)],
    [{ label: 'NEXT', text: waysNextCommand(result) }],
  ];
  return `${[
    result.conclusion.deploy === null ? paint.red(headline) : paint.green(headline),
    ...blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => lineText(line, style)).join('\n')),
  ].join('\n\n')}\n`;
}

function waysLines({ ways }: WaysResult): readonly ReportLine[] {
  return ways.map((it, index) => ({
    label: index === 0 ? 'WAYS' : '',
    text: `${WAY_LETTER[it.way]} ${wayText(it)}`,
  }));
}

function measuredLines({ ways, roundsAsked }: WaysResult): readonly ReportLine[] {
  const [first] = ways;
  if (first === undefined) return [];
  const { plan } = first;
  const pooled = ways.find(({ plan: { pooler } }) => pooler !== null);
  const pooler = pooled?.plan.pooler ?? null;
  const version = pooled?.pooler?.version ?? '';
  const away = plan.distance.rttMs === 0 ? '' : `, database ${distanceText(plan.distance)} away`;
  return [
    {
      label: 'LOAD',
      text: `${plan.workload}, ${loadText(plan)}, ${formatMs(plan.durationMs)} each${away}; ${plural(roundsAsked, 'round')} in turns (${orderText(roundsAsked)}), each on fresh workers`,
    },
    ...(pooler === null
      ? []
      : [
          {
            label: 'PGBOUNCER',
            text: `${version === '' ? '' : `${version}, `}${pooler.mode} mode, ${formatCount(pooler.defaultPoolSize)}${pooler.reservePoolSize === 0 ? '' : ` + ${formatCount(pooler.reservePoolSize)} in reserve`} to PostgreSQL, at most ${plural(pooler.maxClientConn, 'client')}; on the same machine as everything else`,
          },
        ]),
    ...statementsLines(ways),
  ];
}

/** Where some of the ways send their statements without names: a difference besides the one that is compared. */
function statementsLines(ways: WaysResult['ways']): readonly ReportLine[] {
  const without = ways.filter(({ namedStatements }) => namedStatements === false);
  if (without.length === 0) return [];
  const problem = without.find(({ statementsProblem }) => statementsProblem !== null);
  const why = problem === undefined ? '' : `: ${plainText(problem.statementsProblem ?? '')}`;
  const text =
    without.length === ways.length
      ? `named prepared statements off on all ways${why}`
      : `named prepared statements off for ${lettersOf(without.map(({ way }) => way))}${why}. --prepared-statements off takes that difference away`;
  return [{ label: 'STATEMENTS', text }];
}

/** More turns than these are no reading. */
const TURNS_MAX = 3;

function orderText(rounds: number): string {
  const turns = Array.from({ length: Math.min(rounds, TURNS_MAX) }, (_, index) =>
    index % 2 === 0 ? 'ABCD' : 'DCBA',
  );
  return `${turns.join(' ')}${rounds > TURNS_MAX ? ' …' : ''}`;
}

/** What speaks for a pooler whatever was measured: arithmetic. */
function roomLines({ ways, conclusion }: WaysResult): readonly ReportLine[] {
  const [pool, behind] = ways;
  const { poolWorkersMax } = conclusion;
  const pooler = behind?.plan.pooler ?? null;
  const predicted = pool?.budget?.predicted;
  if (pool === undefined || pooler === null || predicted === undefined) return [];
  const shape = shapeText(pool.plan.pool);
  const room =
    poolWorkersMax === null
      ? `pools of ${shape} have no limit, so nothing fits for certain`
      : `pools of ${shape} alone: at most ${plural(poolWorkersMax, 'worker')} in ${formatCount(predicted.usable)} usable slots, those of a rolling deploy among them`;
  const servers = pooler.defaultPoolSize + pooler.reservePoolSize;
  const beyond =
    servers > predicted.usable
      ? `, more than the ${formatCount(predicted.usable)} usable: it keeps to itself that it is refused the rest, and everybody else is refused all`
      : '';
  return [
    {
      label: 'ROOM',
      text: `${room}; here ${pool.plan.workers}. Behind one PgBouncer the database sees ${formatCount(servers)} at most, however many workers there are${beyond}; each further PgBouncer, user or database has as many of its own`,
    },
  ];
}

function verdictLines({ ways, verdict, caveats }: WaysResult, paint: Paint): readonly ReportLine[] {
  const { green, yellow, red } = paint;
  const shown = { VALID: green, DEGRADED: yellow, INVALID: red }[verdict](verdict);
  const codes = [...new Set(ways.flatMap((way) => way.caveats.map(({ code }) => code)))];
  return [
    {
      label: 'VERDICT',
      text: `${shown}; ${ways.map((it) => `${WAY_LETTER[it.way]} ${it.verdict ?? 'not measured'}`).join(', ')}`,
    },
    ...codes.flatMap((code): ReportLine[] => {
      const having = ways.filter((way) => way.caveats.some((caveat) => caveat.code === code));
      const detail = having[0]?.caveats.find((caveat) => caveat.code === code)?.detail ?? '';
      const letters = lettersOf(having.map(({ way }) => way));
      const one = having.length > 1 ? 'e.g. ' : '';
      return [{ label: '', text: `${letters} ${code}: ${one}${plainText(detail)}` }];
    }),
    ...caveats
      // Said above, way by way.
      .filter(({ code }) => code !== 'degraded')
      .map(({ code, ways: having, detail }, index) => ({
        label: index === 0 ? 'CARE' : '',
        text: `${lettersOf(having)} ${code}: ${plainText(detail)}\n→ ${ADVICE[code]}`,
      })),
    ...(uselessInterval(ways) ? [{ label: '', text: USELESS_INTERVAL_MEANING }] : []),
  ];
}

function lettersOf(having: readonly Way[]): string {
  return having.map((way) => WAY_LETTER[way]).join(', ');
}

/** Whether one of those that are shown says nothing. */
function uselessInterval(ways: WaysResult['ways']): boolean {
  return ways.some(({ goodputPerSecond, againstPool }) =>
    [
      goodputPerSecond?.interval ?? null,
      againstPool?.goodputPerSecond.basis === 'rounds'
        ? againstPool.goodputPerSecond.interval
        : null,
    ].some((interval) => intervalText(interval, String).includes(USELESS_INTERVAL)),
  );
}

/** What to do about each. */
const ADVICE: Readonly<Record<WaysCaveatCode, string>> = {
  incomplete: 'measure again; what is shown is of the trials that there are',
  no_two_rounds: 'measure with --rounds 3 or more',
  rounds_left_out: 'measure again, and see the reasons above',
  degraded: 'see the reasons of each way',
};

/** Ratios look as if they were of no machine, and are. */
function carriesLines({ ways, environment }: WaysResult): readonly ReportLine[] {
  const [first] = ways;
  const between =
    first === undefined
      ? undefined
      : { rttMs: first.plan.distance.rttMs, transport: first.plan.postgres.transport };
  return carriesOverLines(environment, between).map((line) =>
    line.label === 'DOES NOT'
      ? {
          ...line,
          text: `${line.text}, nor these ratios: here PgBouncer and the work of connecting take CPU from API and PostgreSQL, elsewhere they have a host of their own and a network in between`,
        }
      : line,
  );
}
