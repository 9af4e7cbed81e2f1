import {
  errorBodySchema,
  HEADERS,
  SCRIPT_QUERY,
  type ScriptTrial,
  SQL_TRIAL_PATH,
  scriptTrialSchema,
} from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { scriptsOfWorkload } from '../plan/plan-workload.ts';
import { compileScript } from '../plan/script/compile-script.ts';
import { placeOf, type SourcePlace } from '../plan/script/source-place.ts';
import { placeInStatement } from '../plan/script/statement-position.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { describeError } from '../system-error.ts';
import { sqlFailure } from './sql-failure.ts';

/** What a trial takes besides its statements. */
const MARGIN_MS = 10_000;
/** Where statements may take as long as they like. */
const NO_TIMEOUT_MS = 600_000;

type Failure = Extract<ScriptTrial, { ok: false }>;
type Script = NonNullable<TrialPlan['sql']>['scripts'][number];

/**
 * Has the API run each script of a plan once and take it back: what is wrong with one is known before any load.
 *
 * @throws LabError SQL_FAILED with the place in the file, SERVER_NOT_READY
 */
export async function requireScriptsRun(
  origin: string,
  { sql, workload }: Pick<TrialPlan, 'sql' | 'workload'>,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, { name }] of (scriptsOfWorkload(workload) ?? []).entries()) {
    const script = sql?.scripts.find((it) => it.name === name);
    if (sql === null || script === undefined) throw new Error(`the plan has no script ${name}`);
    const url = new URL(`${SQL_TRIAL_PATH}?${SCRIPT_QUERY}=${index}`, origin);
    const statements = sql.statementTimeoutMs * countStatements(script, sql.allowWrites);
    const deadlineMs = (statements || NO_TIMEOUT_MS) + MARGIN_MS;
    const trial = await ask(url, { name, signal, deadlineMs });
    if (!trial.ok) {
      const at = placeOfFailure(script, trial, sql.allowWrites);
      throw sqlFailure({ file: name, at }, trial, remedyOf(trial, sql.allowWrites));
    }
  }
}

function countStatements({ text }: Script, allowWrites: boolean): number {
  const compiled = compileScript(text, { allowWrites });
  return compiled.ok ? compiled.commands.filter(({ kind }) => kind === 'sql').length : 0;
}

function placeOfFailure({ text }: Script, failure: Failure, allowWrites: boolean): SourcePlace {
  const compiled = compileScript(text, { allowWrites });
  const source = compiled.ok ? compiled.sources[failure.command] : undefined;
  if (source === undefined) return { line: 1, column: 1 };
  return source.kind === 'meta' || failure.position === null
    ? placeOf(text, source.start)
    : placeInStatement(text, source, failure.position);
}

const NO_PRIVILEGE = '42501';
const READ_ONLY_TRANSACTION = '25006';
const UNDEFINED_TABLE = '42P01';
const QUERY_CANCELED = '57014';

function remedyOf({ sqlstate }: Failure, allowWrites: boolean): string {
  switch (sqlstate) {
    case READ_ONLY_TRANSACTION:
    case NO_PRIVILEGE:
      return allowWrites
        ? 'the role of the API lacks that right: GRANT it there, or leave the statement out'
        : 'scripts only read unless --allow-writes is given; on a PostgreSQL of yours, GRANT the right to the role of the API';
    case UNDEFINED_TABLE:
      return 'give the file that makes your tables as --sql-schema, or name the schema of the table';
    case QUERY_CANCELED:
      return 'give it more time with --statement-timeout, or make it faster';
    default:
      return 'mend the script: it was run once before any load, and taken back';
  }
}

async function ask(
  url: URL,
  {
    name,
    signal,
    deadlineMs,
  }: { readonly name: string; readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<ScriptTrial> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      headers: { connection: 'close' },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    });
    body = await response.json();
  } catch (cause) {
    signal.throwIfAborted();
    throw new LabError('SERVER_NOT_READY', {
      message: `the API did not try ${name}: ${describeError(cause)}`,
      hint: 'Try again; should it go on, report it.',
      cause,
    });
  }
  if (response.ok) return scriptTrialSchema.parse(body);
  const { error } = errorBodySchema.parse(body);
  throw new LabError('SERVER_NOT_READY', {
    message: `the API could not try ${name}: ${error.message} (${response.headers.get(HEADERS.errorClass)})`,
    hint: 'Nothing loads it yet: the database refuses a single connection. See what it says of itself.',
  });
}
