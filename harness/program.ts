import { Command as CommanderCommand, CommanderError, Option as CommanderOption } from 'commander';
import type { Command } from './commands/command.ts';
import { EXIT_CODE, type ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { LabError } from './lab-error.ts';
import { nearestWord } from './plan/nearest-word.ts';
import type { Option, OptionTable, RawFlags } from './plan/option-table.ts';

/** Exit codes in words, for `--help` and the README. */
export const EXIT_CODE_MEANING: Readonly<Record<ExitCode, string>> = {
  [EXIT_CODE.ok]: 'ok',
  [EXIT_CODE.internal]: 'a bug in pool-lab; the stack is on stderr',
  [EXIT_CODE.usage]: 'usage or configuration',
  [EXIT_CODE.environment]: 'environment: platform, files, ports, processes',
  [EXIT_CODE.database]: 'database: not started, not reached, refused',
  [EXIT_CODE.refused]: 'refused by a safety rule',
  [EXIT_CODE.invalidMeasurement]: 'the measurement is INVALID, or the self-test did not pass',
  [EXIT_CODE.storage]: 'storage: output or a run directory could not be written or read',
  [EXIT_CODE.thresholdNotMet]: 'over budget, or a threshold not met',
  [EXIT_CODE.hungUp]: 'hung up (SIGHUP)',
  [EXIT_CODE.interrupted]: 'interrupted (SIGINT)',
  [EXIT_CODE.closedPipe]: 'nobody read stdout to its end',
  [EXIT_CODE.terminated]: 'terminated (SIGTERM)',
};

export interface ProgramInput {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly commands: readonly Command[];
  readonly version: string;
  readonly io: Io;
}

/**
 * Finds the command and runs it. Only importer of commander, which parses nothing but the shape of
 * the command line: values stay text until the option table reads them.
 *
 * @throws LabError USAGE for an unknown command or flag, or one with two values; whatever the command throws.
 */
export async function runProgram({ argv, commands, version, io }: ProgramInput): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODE.ok;
  const program = frame(new CommanderCommand('pool-lab'), io)
    .description('How many PostgreSQL connections should your service have? Measured, not guessed.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', () => programEpilogue(commands));
  for (const command of commands) {
    const sub = frame(program.command(command.name), io)
      .summary(command.summary)
      .description(command.summary)
      .helpOption('-h, --help', 'print this help')
      .allowExcessArguments(false)
      .addHelpText(
        'after',
        () => (command.helpNotes?.(io.stdout.columns) ?? '') + examplesText([command]),
      )
      .action(async (...given: unknown[]) => {
        exitCode = await command.run(sub.opts<RawFlags>(), io, operandTexts(given));
      });
    for (const { name, description, required } of command.operands ?? []) {
      sub.argument(required ? `<${name}>` : `[${name}]`, description);
    }
    for (const option of Object.values(command.options)) addOption(sub, option);
  }
  if (argv.length === 0) {
    throw new LabError('USAGE', {
      message: 'no command given',
      hint: `one of ${commands.map(({ name }) => name).join(', ')}; pool-lab --help says what each does`,
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, { argv, commands });
  }
  return exitCode;
}

/** Is JSON wanted on stdout? Asked before parsing, since a parse error must be JSON then too. */
export function wantsJson({
  argv,
  env,
}: {
  readonly argv: readonly string[];
  readonly env: Io['env'];
}): boolean {
  return argv.includes('--json') || /^(yes|true|1|on)$/i.test(env['POOL_LAB_JSON'] ?? '');
}

/** What commander hands an action: the operands, then the options, then the command. */
function operandTexts(given: readonly unknown[]): readonly string[] {
  return given.filter((value) => typeof value === 'string');
}

function frame(command: CommanderCommand, io: Io): CommanderCommand {
  return command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Commander's own error text is replaced by ours; see `usageError`.
      writeErr: () => undefined,
      getOutHelpWidth: () => io.stdout.columns,
      getOutHasColors: () => io.stdout.color,
    });
}

function addOption(command: CommanderCommand, option: Option<unknown>): void {
  const { flag, env, parser, description, repeatable } = option;
  const value = parser.placeholder === null ? '' : ` <${parser.placeholder}>`;
  const facts = [
    parser.placeholder === null ? [] : `default ${parser.print(option.defaultValue)}`,
    repeatable ? 'repeatable' : [],
    env ?? [],
  ].flat();
  const tail = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  const added = new CommanderOption(`--${flag}${value}`, `${description}${tail}`);
  if (repeatable) {
    added.argParser((text: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      text,
    ]);
  } else if (parser.placeholder !== null) {
    added.argParser((text: string, before: string | undefined) => {
      if (before === undefined || before === text) return text;
      throw new LabError('USAGE', {
        message: `--${flag} is given twice, as "${before}" and as "${text}"`,
        hint: 'give it once',
      });
    });
  }
  command.addOption(added);
  // A switch that a variable may have turned on can be turned off again.
  if (parser.placeholder === null && env !== null) {
    command.addOption(new CommanderOption(`--no-${flag}`).hideHelp());
  }
}

function programEpilogue(commands: readonly Command[]): string {
  const codes = Object.entries(EXIT_CODE_MEANING).map(
    ([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`,
  );
  return `${examplesText(commands.flatMap((command) => ({ ...command, examples: command.examples.slice(0, 1) })))}
Exit codes:
${codes.join('\n')}

POOL_LAB_* variables named in a command's help set the same; flags win.
stdout is data, stderr is progress.`;
}

function examplesText(commands: readonly Command[]): string {
  const examples = commands.flatMap((command) => command.examples);
  if (examples.length === 0) return '';
  return `
Examples:
${examples.map(({ line, shows }) => `  ${line}\n      ${shows}`).join('\n')}
`;
}

function usageError(
  error: CommanderError,
  { argv, commands }: { readonly argv: readonly string[]; readonly commands: readonly Command[] },
): LabError {
  const message = error.message.replace(/^error: /, '').replaceAll("'", '"');
  const command = commands.find(({ name }) => name === argv[0]);
  const word = /"([^"]*)"/.exec(message)?.[1] ?? '';
  const suggestion =
    error.code === 'commander.unknownCommand'
      ? nearestWord(
          word,
          commands.map(({ name }) => name),
        )
      : error.code === 'commander.unknownOption'
        ? nearestFlag(word, command?.options ?? {})
        : null;
  const owner = error.code === 'commander.unknownOption' ? commandWith(word, commands) : null;
  if (command !== undefined && owner !== null) {
    return new LabError('USAGE', {
      message,
      hint: `${command.name} has no such flag, it is one of ${owner}; see pool-lab ${command.name} --help`,
      cause: error,
    });
  }
  const help = command === undefined ? 'pool-lab --help' : `pool-lab ${command.name} --help`;
  return new LabError('USAGE', {
    message,
    hint: suggestion === null ? `see ${help}` : `did you mean ${suggestion}? ${help} lists all`,
    cause: error,
  });
}

/** Another command that has this very flag. */
function commandWith(word: string, commands: readonly Command[]): string | null {
  const typed = word.replace(/^-+/, '').replace(/=.*$/, '');
  const owner = commands.find(({ options }) =>
    Object.values(options).some(({ flag }) => flag === typed),
  );
  return owner?.name ?? null;
}

function nearestFlag(word: string, options: OptionTable): string | null {
  const typed = word.replace(/^-+/, '').replace(/=.*$/, '');
  const names = [...Object.values(options).map(({ flag }) => flag), 'help'];
  const suggestion = nearestWord(typed, names);
  return suggestion === null ? null : `--${suggestion}`;
}
