import { SCRIPT_LIMITS, type ScriptCommand } from '../../../server/contract.ts';
import { nearestWord } from '../nearest-word.ts';
import { parseMetaCommand } from './meta-command.ts';
import { placeOf, type ScriptProblem, ScriptSyntaxError } from './source-place.ts';
import type { SqlToken } from './sql-lexer.ts';
import { refusalOf, transactionRole } from './statement-rules.ts';
import { type MetaSource, type StatementSource, splitScript } from './statement-splitter.ts';
import { variablesIn } from './variables-of.ts';

/** Longer than what anybody writes by hand for one request. */
export const SCRIPT_CHARACTERS_MAX = 65_536;
/** What else is wrong shows when these are mended. */
const PROBLEMS_MAX = 20;

export interface CompiledScript {
  readonly commands: readonly ScriptCommand[];
  /** What each command was made of. */
  readonly sources: readonly (StatementSource | MetaSource)[];
}

export type Compiled =
  | ({ readonly ok: true } & CompiledScript)
  | { readonly ok: false; readonly problems: readonly ScriptProblem[] };

/** A script as the API runs it, or everything that is wrong with it. */
export function compileScript(
  text: string,
  { allowWrites }: { readonly allowWrites: boolean },
): Compiled {
  const compiler = new ScriptCompiler(text, allowWrites);
  const problems = compiler.read();
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, commands: compiler.commands, sources: compiler.sources };
}

class ScriptCompiler {
  readonly commands: ScriptCommand[] = [];
  readonly sources: (StatementSource | MetaSource)[] = [];
  readonly #text: string;
  readonly #allowWrites: boolean;
  readonly #known = new Set<string>();
  readonly #problems: ScriptProblem[] = [];
  /** Where the transaction begins that the script is in. */
  #begin: number | null = null;

  constructor(text: string, allowWrites: boolean) {
    this.#text = text;
    this.#allowWrites = allowWrites;
  }

  read(): readonly ScriptProblem[] {
    const all = this.#split();
    if (all.length > SCRIPT_LIMITS.commandsMax) {
      this.#refuse(all[SCRIPT_LIMITS.commandsMax]?.start ?? 0, {
        problem: `is command ${SCRIPT_LIMITS.commandsMax + 1} of the script`,
        remedy: `keep to ${SCRIPT_LIMITS.commandsMax}: a script is what one request does`,
      });
      return this.#problems;
    }
    for (const source of all) {
      if (this.#problems.length === PROBLEMS_MAX) break;
      this.#guarded(() => {
        const command = source.kind === 'meta' ? this.#meta(source) : this.#statement(source);
        this.commands.push(command);
        this.sources.push(source);
      });
    }
    if (this.#problems.length > 0) return this.#problems;
    if (!this.commands.some(({ kind }) => kind === 'sql')) {
      this.#refuse(0, { problem: 'has no statement', remedy: 'write one, e.g. SELECT 1;' });
    } else if (this.#begin !== null) {
      this.#refuse(this.#begin, {
        problem: 'begins a transaction that the script does not end',
        remedy: 'write COMMIT; or ROLLBACK; at its end',
      });
    }
    return this.#problems;
  }

  #split(): readonly (StatementSource | MetaSource)[] {
    if (this.#text.length > SCRIPT_CHARACTERS_MAX) {
      this.#refuse(0, {
        problem: `has more than ${SCRIPT_CHARACTERS_MAX} characters`,
        remedy: 'name a script of what one request does',
      });
      return [];
    }
    const zero = this.#text.indexOf('\0');
    if (zero >= 0) {
      this.#refuse(zero, { problem: 'has a zero byte', remedy: 'name a text file in UTF-8' });
      return [];
    }
    let all: readonly (StatementSource | MetaSource)[] = [];
    this.#guarded(() => {
      all = [...splitScript(this.#text)];
    });
    return all;
  }

  #meta(source: MetaSource): ScriptCommand {
    const command = parseMetaCommand(this.#text, source);
    const used = variablesIn(command.kind === 'set' ? command.expression : command.amount);
    for (const name of used) this.#requireKnown(name, source.start);
    if (command.kind === 'set') this.#known.add(command.name);
    return { ...command, line: this.#line(source.start) };
  }

  #statement({ start, tokens }: StatementSource): ScriptCommand {
    const words = this.#words(tokens);
    const refusal = refusalOf(words, { allowWrites: this.#allowWrites });
    if (refusal !== null) throw new ScriptSyntaxError(start, refusal.problem, refusal.remedy);
    const transaction = transactionRole(words);
    this.#followTransaction(transaction, start);
    const variables: string[] = [];
    const text = tokens
      .map((token) => {
        this.#check(token);
        if (token.kind !== 'variable') return this.#textOf(token);
        const name = this.#textOf(token).slice(1);
        this.#requireKnown(name, token.start);
        variables.push(name);
        // One a place, as pgbench has it: each may have another type.
        return `$${variables.length}`;
      })
      .join('');
    return { kind: 'sql', line: this.#line(start), text, variables, transaction };
  }

  #followTransaction(transaction: ReturnType<typeof transactionRole>, start: number): void {
    if (transaction === 'begin') {
      if (this.#begin !== null) {
        throw new ScriptSyntaxError(
          start,
          `begins a transaction in the one of line ${this.#line(this.#begin)}`,
          'end that one first, or write SAVEPOINT',
        );
      }
      this.#begin = start;
    } else if (transaction !== 'none') {
      if (this.#begin === null) {
        throw new ScriptSyntaxError(start, 'ends no transaction', 'write BEGIN; before it');
      }
      this.#begin = null;
    }
  }

  #check(token: SqlToken): void {
    const text = this.#textOf(token);
    if (token.kind === 'parameter') {
      throw new ScriptSyntaxError(
        token.start,
        `has ${text}, which nothing is bound to`,
        'write :name, and \\set name before it',
      );
    }
    if (token.kind === 'quoted' && text.startsWith("'")) {
      const inside = [...text.matchAll(/(?<!:):([A-Za-z_]\w*)/g)].find(([, name = '']) =>
        this.#known.has(name),
      );
      if (inside !== undefined) {
        throw new ScriptSyntaxError(
          token.start + inside.index,
          `has ${inside[0]} in quotes, where it is no variable`,
          `write ${inside[0]} without quotes, e.g. '…' || ${inside[0]}`,
        );
      }
    }
    if (token.kind === 'other' && text === ':') {
      const next = this.#text.charAt(token.end);
      if (next === "'" || next === '"') {
        throw new ScriptSyntaxError(
          token.start,
          `has :${next}, psql's way to quote a variable`,
          'write :name: it is a parameter, and needs no quotes',
        );
      }
    }
  }

  #requireKnown(name: string, offset: number): void {
    if (this.#known.has(name)) return;
    const suggestion = nearestWord(name, [...this.#known]);
    throw new ScriptSyntaxError(
      offset,
      `uses :${name}, which has no value there${suggestion === null ? '' : ` (did you mean :${suggestion}?)`}`,
      `write \\set ${name} before it; a colon that begins no variable needs a space behind it`,
    );
  }

  /** In lower case; a quoted name without its quotes. */
  #words(tokens: readonly SqlToken[]): readonly string[] {
    return tokens.flatMap((token) => {
      const text = this.#textOf(token);
      if (token.kind === 'word') return [text.toLowerCase()];
      return token.kind === 'quoted' && text.startsWith('"') ? [text.slice(1, -1)] : [];
    });
  }

  #textOf({ start, end }: SqlToken): string {
    return this.#text.slice(start, end);
  }

  #line(offset: number): number {
    return placeOf(this.#text, offset).line;
  }

  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof ScriptSyntaxError)) throw error;
      this.#refuse(error.offset, { problem: error.message, remedy: error.remedy });
    }
  }

  #refuse(offset: number, rest: { readonly problem: string; readonly remedy: string }): void {
    this.#problems.push({ at: placeOf(this.#text, offset), ...rest });
  }
}
