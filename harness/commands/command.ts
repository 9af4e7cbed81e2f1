import type { ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { OptionTable, RawFlags } from '../plan/option-table.ts';

/** One command of the CLI: parse, call one function, print, say the exit code. */
export interface Command {
  readonly name: string;
  /** One line, shown in the list of commands. */
  readonly summary: string;
  /** Arguments without a flag, in order; none where it is left out. */
  readonly operands?: readonly Operand[];
  /** All its options; help, parsing and messages come from here. */
  readonly options: OptionTable;
  /** Ready to paste, with what each shows. */
  readonly examples: readonly { readonly line: string; readonly shows: string }[];
  /** What else its help has to say, laid out for so many columns. */
  readonly helpNotes?: (columns: number) => string;
  /** `operands` has one text for each that was given. */
  run(flags: RawFlags, io: Io, operands: readonly string[]): Promise<ExitCode>;
}

export interface Operand {
  /** As help shows it, e.g. `run`. */
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}
