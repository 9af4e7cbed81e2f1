import type { ClientBase } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { CAUSE_BOUNDS } from '../analysis/inspection/cause-bounds.ts';
import { type Inspection, judgeInspection } from '../analysis/inspection/judged-inspection.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { type LookupAll, SYSTEM_LOOKUP } from '../loopback.ts';
import { type OptionValues, type Problem, readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { INSPECTION_FACT_FAMILIES, INSPECTION_FACTS } from '../plan/thresholds/inspection-facts.ts';
import { parseThresholdAbout } from '../plan/thresholds/threshold.ts';
import { requireConsentForHost } from '../postgres/database-consent.ts';
import { parseDatabaseUrl } from '../postgres/database-url.ts';
import { DATABASE_URL_ENV } from '../postgres/database-url-refusal.ts';
import { withInspectionSession } from '../postgres/inspection-session.ts';
import { factHelp } from '../report/fact-help.ts';
import { inspectionBlock } from '../report/inspection/inspection-block.ts';
import { inspectionJson } from '../report/inspection/inspection-document.ts';
import { inspectionTerminal } from '../report/inspection/inspection-terminal.ts';
import { createPaint } from '../report/paint.ts';
import { inspectDatabase } from '../runner/inspect-database.ts';
import { pause } from '../runner/pause.ts';
import type { Command } from './command.ts';
import { INSPECT_OPTIONS } from './inspect-options.ts';

type Asked = OptionValues<typeof INSPECT_OPTIONS>;

/** Who has the slots of a PostgreSQL that runs, and why none is left. Reads, on one connection. */
export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'who has the connections of a PostgreSQL that runs, and what is wrong; reads only',
  options: INSPECT_OPTIONS,
  examples: [
    {
      line: 'DATABASE_URL=postgres://… pool-lab inspect',
      shows: 'how many slots are left, who has the others, and the next step',
    },
    {
      line: "pool-lab inspect --threshold 'slots.left>10' --threshold 'causes==0' --json",
      shows: 'the same for scripts; exits 99 when something is wrong',
    },
  ],
  helpNotes: (columns) => factHelp(columns, INSPECTION_FACT_FAMILIES),
  async run(flags, io) {
    const { values, problems } = readOptions(INSPECT_OPTIONS, { flags, env: io.env });
    const all = [...problems, ...thresholdProblems(values.threshold)];
    if (all.length > 0) throw problemError(all, 'inspect');
    const warn = (sentence: string): void => void io.stderr.write(`${sentence}\n`);
    const given = parseDatabaseUrl(io.env[DATABASE_URL_ENV], io.redactor, 'inspect', warn);
    const address = await wayTo(given, warn);
    return await withInspectionSession(address, (client) =>
      values.watch
        ? watch(client, { address, asked: values }, io)
        : lookOnce(client, { address, asked: values }, io),
    );
  },
};

/**
 * Consent is for loading a server; looking takes one session for moments, so none is asked for. Where the
 * address does not say how, what is said on the way to another machine is encrypted, and its certificate checked. It
 * is the address that was judged which is connected to, and the host whose certificate is checked.
 */
export async function wayTo(
  given: DatabaseConfig,
  warn: (sentence: string) => void,
  lookupAll: LookupAll = SYSTEM_LOOKUP,
): Promise<DatabaseConfig> {
  const { isRemote, host } = await requireConsentForHost({
    host: given.host,
    allowRemoteDb: given.host,
    lookupAll,
  });
  const { sslMode = isRemote ? 'verify-full' : 'disable' } = given;
  if (isRemote && sslMode === 'disable') {
    warn(`what this command and ${host} say to each other is not encrypted`);
  }
  return { ...given, sslMode, ...(host === given.host ? {} : { hostAddress: host }) };
}

interface Looking {
  readonly address: DatabaseConfig;
  readonly asked: Asked;
}

async function lookOnce(client: ClientBase, looking: Looking, io: Io): Promise<ExitCode> {
  const inspection = await look(client, looking, io);
  const { stdout } = io;
  stdout.write(
    looking.asked.json
      ? inspectionJson(inspection, { pretty: true })
      : inspectionTerminal(inspection, {
          columns: stdout.columns,
          paint: createPaint(stdout.color),
        }),
  );
  return exitCodeOf(inspection);
}

const CLEAR_SCREEN = '\u001b[H\u001b[2J';

/** Until the user ends it, or a threshold is missed: then there is no point in asking on. */
async function watch(client: ClientBase, looking: Looking, io: Io): Promise<ExitCode> {
  const { stdout, signal } = io;
  const { every, json } = looking.asked;
  for (;;) {
    const startedMs = performance.now();
    const inspection = await look(client, looking, io);
    if (json) {
      stdout.write(inspectionJson(inspection, { pretty: false }));
    } else if (stdout.isTty) {
      const style = { columns: stdout.columns, paint: createPaint(stdout.color) };
      const { takenAt } = inspection.observation;
      stdout.write(
        `${CLEAR_SCREEN}${inspectionTerminal(inspection, style)}\n${takenAt}, every ${every / 1_000} s; Ctrl-C ends it.\n`,
      );
    } else {
      stdout.write(inspectionBlock(inspection));
    }
    const exitCode = exitCodeOf(inspection);
    if (exitCode !== EXIT_CODE.ok) return exitCode;
    await pause(Math.max(0, every - (performance.now() - startedMs)), signal);
    signal.throwIfAborted();
  }
}

async function look(
  client: ClientBase,
  { address: { host, port }, asked }: Looking,
  { signal }: Io,
): Promise<Inspection> {
  const observation = await inspectDatabase(client, {
    address: { host, port },
    windowMs: asked.window,
    longIdleMs: CAUSE_BOUNDS.longIdleMs,
    signal,
  });
  return judgeInspection(observation, { thresholds: asked.threshold });
}

function exitCodeOf({ thresholds }: Inspection): ExitCode {
  return thresholds.every(({ met }) => met) ? EXIT_CODE.ok : EXIT_CODE.thresholdNotMet;
}

function thresholdProblems(expressions: readonly string[]): readonly Problem[] {
  return expressions.flatMap((value): Problem[] => {
    const parsed = parseThresholdAbout(INSPECTION_FACTS, value);
    if (parsed.ok) return [];
    const { flag, parser } = INSPECT_OPTIONS.threshold;
    return [
      {
        ...{ field: `--${flag}`, value, source: `--${flag}`, problem: parsed.problem },
        remedy: parsed.remedy ?? `give ${parser.expected}`,
      },
    ];
  });
}
