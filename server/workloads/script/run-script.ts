import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import type { ScriptCommand, ScriptSet } from '../../contract.ts';
import type { RequestScope } from '../../http/request-scope.ts';
import { classify } from '../../pool/classify-error.ts';
import { DatabaseError } from '../../pool/database-error.ts';
import { evaluate } from './evaluate.ts';
import { ScriptError } from './script-error.ts';
import { parameterText, type ScriptValue, toInteger } from './script-value.ts';

export type Script = ScriptSet['scripts'][number];
type SqlCommand = Extract<ScriptCommand, { kind: 'sql' }>;
type OwnCommand = Exclude<ScriptCommand, { kind: 'sql' }>;

/** What a statement may take longer than PostgreSQL's own timeout, which tells it better. */
const TIMEOUT_MARGIN_MS = 1_000;
/** No pause keeps a request longer. */
const SLEEP_MS_MAX = 60_000;

export interface ScriptRun {
  readonly script: Script;
  /** Begins the names of its prepared statements. */
  readonly statementPrefix: string;
  /** 0: as long as it takes. */
  readonly statementTimeoutMs: number;
}

export interface ScriptOutcome {
  readonly statements: number;
  readonly rows: number;
}

/**
 * Runs a script once. Its one connection is held from the first statement to the last: what is computed or waited
 * for before and after that, a service would do without a connection as well.
 */
export async function runScript(run: ScriptRun, scope: RequestScope): Promise<ScriptOutcome> {
  const { commands } = run.script;
  const first = commands.findIndex(({ kind }) => kind === 'sql');
  const last = commands.findLastIndex(({ kind }) => kind === 'sql');
  const variables = new ScriptVariables(run.script, scope.random);
  await runOwn(commands.slice(0, first), variables);
  const outcome = await scope.withConnection(async (client) => {
    const session = new ScriptSession(run, client, variables);
    try {
      for (const [index, command] of commands.entries()) {
        if (index < first || index > last) continue;
        if (command.kind === 'sql') await session.execute(command, index);
        else await runOwn([command], variables);
      }
      return session.outcome;
    } catch (error) {
      await session.rollBackAfter(error);
      throw error;
    }
  });
  await runOwn(commands.slice(last + 1), variables);
  return outcome;
}

/** The variables of one run. */
export class ScriptVariables {
  readonly #script: Script;
  readonly #random: () => number;
  readonly #values = new Map<string, ScriptValue>();

  constructor(script: Script, random: () => number) {
    this.#script = script;
    this.#random = random;
  }

  set(command: Extract<ScriptCommand, { kind: 'set' }>): void {
    this.#values.set(command.name, this.#evaluate(command, command.expression));
  }

  sleepMs(command: Extract<ScriptCommand, { kind: 'sleep' }>): number {
    const amount = this.#evaluate(command, command.amount);
    const ms = (Number(toInteger(amount ?? 0n)) * command.unitUs) / 1_000;
    return Math.min(Math.max(0, ms), SLEEP_MS_MAX);
  }

  parametersOf({ variables }: SqlCommand): (string | null)[] {
    return variables.map((name) => parameterText(this.#values.get(name) ?? null));
  }

  #evaluate({ line }: OwnCommand, expression: Parameters<typeof evaluate>[0]): ScriptValue {
    try {
      return evaluate(expression, { variables: this.#values, random: this.#random });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      throw new DatabaseError(`${this.#script.name}:${line}: ${error.message}`, {
        errorClass: 'sql_error',
        reason: 'script',
        connectionUsable: true,
        cause: error,
      });
    }
  }
}

async function runOwn(
  commands: readonly ScriptCommand[],
  variables: ScriptVariables,
): Promise<void> {
  for (const command of commands) {
    if (command.kind === 'set') variables.set(command);
    if (command.kind === 'sleep') await delay(variables.sleepMs(command));
  }
}

/** One script on one connection. */
export class ScriptSession {
  readonly #run: ScriptRun;
  readonly #client: ClientBase;
  readonly #variables: ScriptVariables;
  #inTransaction = false;
  #statements = 0;
  #rows = 0;

  constructor(run: ScriptRun, client: ClientBase, variables: ScriptVariables) {
    this.#run = run;
    this.#client = client;
    this.#variables = variables;
  }

  get outcome(): ScriptOutcome {
    return { statements: this.#statements, rows: this.#rows };
  }

  async execute(command: SqlCommand, index: number): Promise<void> {
    const { transaction, text } = command;
    if (transaction === 'none') {
      const values = this.#variables.parametersOf(command);
      // Prepared once a connection, as services do; without its name where the API sends none.
      const name = `${this.#run.statementPrefix}${index}`;
      await this.#answered(this.#client.query({ name, text, values }));
    } else {
      // Before the answer: a transaction whose begin was cut short may have begun.
      this.#inTransaction = true;
      // Extended, as the others: PostgreSQL itself then takes one statement only, whatever the text is.
      const extended = { text, queryMode: 'extended' };
      await this.#answered(this.#client.query(extended));
      this.#inTransaction = transaction === 'begin';
    }
    this.#statements += 1;
  }

  /** So that an error of a statement does not cost the connection. */
  async rollBackAfter(error: unknown): Promise<void> {
    if (!this.#inTransaction || !classify(error).connectionUsable) return;
    this.#inTransaction = false;
    await this.#answered(this.#client.query('ROLLBACK'));
  }

  /** A script may set the timeout of its statements, as PostgreSQL lets every role do; this one it cannot. */
  async #answered(answer: Promise<{ readonly rowCount: number | null }>): Promise<void> {
    const { statementTimeoutMs } = this.#run;
    if (statementTimeoutMs === 0) {
      this.#rows += (await answer).rowCount ?? 0;
      return;
    }
    // Its session is ended then, and what it still says is of no interest.
    answer.catch(() => undefined);
    const waiting = new AbortController();
    const late = delay(statementTimeoutMs + TIMEOUT_MARGIN_MS, null, { signal: waiting.signal });
    late.catch(() => undefined);
    try {
      const answered = await Promise.race([answer, late]);
      if (answered === null) {
        throw new DatabaseError(
          `a statement of ${this.#run.script.name} ran on after ${statementTimeoutMs} ms, and its session was ended`,
          { errorClass: 'statement_timeout', reason: 'outlived', connectionUsable: false },
        );
      }
      this.#rows += answered.rowCount ?? 0;
    } finally {
      waiting.abort();
    }
  }
}
