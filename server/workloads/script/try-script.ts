import type { ClientBase } from 'pg';
import type { ScriptCommand, ScriptTrial } from '../../contract.ts';
import { type RequestScope, releaseAfter } from '../../http/request-scope.ts';
import { classify } from '../../pool/classify-error.ts';
import { type ScriptRun, ScriptSession, ScriptVariables } from './run-script.ts';

/** SQLSTATE active_sql_transaction: what must not run inside a transaction, which a trial is. */
const NOT_IN_TRANSACTION = '25001';

const ROLLBACK = { kind: 'sql', line: 1, text: 'ROLLBACK', variables: [] } as const;

/**
 * Runs a script once, without its pauses and in one transaction that is rolled back: what it commits in between stays
 * to be seen by the rest of it, and by nobody else. What cannot run in a transaction is not tried.
 */
export async function tryScript(run: ScriptRun, scope: RequestScope): Promise<ScriptTrial> {
  const hold = await scope.hold();
  let failed: unknown;
  let trial: ScriptTrial;
  try {
    trial = await tryOn(hold.client, { run, random: scope.random });
  } catch (error) {
    const { errorClass, connectionUsable } = classify(error);
    // The pool's or the server's failure says nothing about the script; that of the deadline does.
    if (errorClass !== 'statement_timeout' || connectionUsable) throw releaseAfter(error, hold);
    failed = error;
    trial = failure(error, 0);
  }
  hold.release(failed);
  return trial;
}

async function tryOn(
  client: ClientBase,
  { run, random }: { readonly run: ScriptRun; readonly random: () => number },
): Promise<ScriptTrial> {
  const variables = new ScriptVariables(run.script, random);
  const session = new ScriptSession(run, client, variables);
  const begin = beginOf(run.script.commands);
  await session.execute(begin, 0);
  for (const [index, command] of run.script.commands.entries()) {
    try {
      if (command.kind === 'set') variables.set(command);
      if (command.kind !== 'sql') continue;
      if (command.transaction === 'rollback') {
        await session.execute({ ...ROLLBACK, variables: [], transaction: 'rollback' }, index);
        await session.execute(begin, index);
      }
      if (command.transaction === 'none') await session.execute(command, index);
    } catch (error) {
      const { connectionUsable, sqlstate } = classify(error);
      if (!connectionUsable) throw error;
      await session.rollBackAfter(error);
      return sqlstate === NOT_IN_TRANSACTION ? { ok: true } : failure(error, index);
    }
  }
  await session.execute({ ...ROLLBACK, variables: [], transaction: 'rollback' }, 0);
  return { ok: true };
}

/** The script's own where it begins with one: it may ask for an isolation level. */
function beginOf(commands: readonly ScriptCommand[]): Extract<ScriptCommand, { kind: 'sql' }> {
  const first = commands.find((command) => command.kind === 'sql');
  return first?.transaction === 'begin'
    ? first
    : { kind: 'sql', line: 1, text: 'BEGIN', variables: [], transaction: 'begin' };
}

function failure(error: unknown, command: number): ScriptTrial {
  const { message, errorClass, sqlstate, cause } = classify(error);
  const position = Number(textOf(cause, 'position') ?? Number.NaN);
  return {
    ok: false,
    command,
    errorClass,
    sqlstate: sqlstate ?? null,
    message,
    position: Number.isInteger(position) ? position : null,
    detail: textOf(cause, 'detail'),
    hint: textOf(cause, 'hint'),
  };
}

/** A field of PostgreSQL's error. */
function textOf(error: unknown, field: string): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : null;
}
