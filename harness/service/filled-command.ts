import { randomBytes } from 'node:crypto';
import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { commandWords } from '../plan/command-words.ts';
import { type Placeholder, SECRET_PLACEHOLDERS, type ServiceCommand } from '../plan/service.ts';
import { filledIn, placeholdersOf } from '../plan/service-parser.ts';
import { connectedTo, databaseAddress } from './database-address.ts';
import { serviceEnvironment } from './service-environment.ts';

/** What stands for the placeholders of one trial. */
export interface ServiceFacts {
  readonly port: number;
  readonly workers: number;
  /** 0 for unlimited. */
  readonly poolSize: number;
  /** −1 for unlimited. */
  readonly maxOverflow: number;
  readonly poolTimeoutMs: number;
  readonly database: DatabaseConfig;
}

/** A command as it is started, with everything filled in. */
export interface FilledCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** All of it, passwords included: for the process alone. */
  readonly environment: Readonly<Record<string, string>>;
  /** `null`: where the lab was started. */
  readonly directory: string | null;
  /** As it may be printed: without its variables, in which secrets are. */
  readonly shown: string;
  /** Its processes are found by it; see `SERVICE_MARKER_ENV`. */
  readonly marker: string;
}

const MARKER_BYTES = 16;
const PLAIN_WORD = /^[\w./:@%+,=-]+$/;

/**
 * Placeholders are filled in word by word after the command was split, so that no value ever becomes two words.
 *
 * @param env the lab's own
 * @throws LabError CONFIG_INVALID for a command that only a shell can run, a value that a shell would take apart, a
 *   variable that is not set
 */
export function fillCommand(
  service: ServiceCommand,
  facts: ServiceFacts,
  env: Readonly<Record<string, string | undefined>>,
): FilledCommand {
  requireNoSecret(service.command);
  const textFor = (name: Placeholder): string => TEXT_OF[name](facts);
  const marker = randomBytes(MARKER_BYTES).toString('hex');
  const asked = Object.fromEntries(
    Object.entries(service.env).map(([name, text]) => [name, filledIn(text, textFor)]),
  );
  const { database } = facts;
  const environment = serviceEnvironment(env, {
    database,
    asked,
    passed: service.passEnv,
    marker,
  });
  const place = { environment, directory: service.directory, marker };
  if (service.shell) {
    const line = filledIn(service.command, (name) => plainInShell(name, textFor(name)));
    return { ...place, program: 'sh', args: ['-c', line], shown: line };
  }
  const [program, ...args] = wordsOf(service.command).map((word) => filledIn(word, textFor));
  if (program === undefined || program === '') {
    throw new LabError('CONFIG_INVALID', {
      message: '--command names no program',
      hint: "give one, e.g. --command 'node server.js --port {port}'",
    });
  }
  return { ...place, program, args, shown: [program, ...args].map(shownWord).join(' ') };
}

const TEXT_OF: Readonly<Record<Placeholder, (facts: ServiceFacts) => string>> = {
  port: ({ port }) => String(port),
  workers: ({ workers }) => String(workers),
  poolSize: ({ poolSize }) => String(poolSize),
  maxOverflow: ({ maxOverflow }) => String(maxOverflow),
  poolTotal: poolTotalText,
  poolTimeoutMs: ({ poolTimeoutMs }) => String(poolTimeoutMs),
  poolTimeoutSeconds: ({ poolTimeoutMs }) => String(poolTimeoutMs / 1_000),
  databaseUrl: ({ database }) => databaseAddress(database),
  databaseHost: ({ database }) => connectedTo(database),
  databasePort: ({ database }) => String(database.port),
  databaseName: ({ database }) => database.database,
  databaseUser: ({ database }) => database.user,
  databasePassword: ({ database }) => database.password,
};

function wordsOf(command: string): readonly string[] {
  const split = commandWords(command);
  if (split.ok) return split.words;
  throw new LabError('CONFIG_INVALID', {
    message: `--command ${split.problem}: ${command}`,
    hint: 'add --shell to have sh run it, or quote what is meant as it stands',
  });
}

/** Whoever made the plan was told already; here it would be too late to be told by everybody. */
function requireNoSecret(command: string): void {
  const secret = placeholdersOf(command).find((name) =>
    SECRET_PLACEHOLDERS.some((it) => it === name),
  );
  if (secret === undefined) return;
  throw new LabError('CONFIG_INVALID', {
    message: `--command has {${secret}}: everybody on this machine may read the arguments of a process`,
    hint: `hand it over by a variable: --env NAME={${secret}}; DATABASE_URL is set anyhow`,
  });
}

/** What stands for no limit differs from pool to pool: to one, 0 is an error. */
function poolTotalText({ poolSize, maxOverflow }: ServiceFacts): string {
  if (poolSize > 0 && maxOverflow >= 0) return String(poolSize + maxOverflow);
  throw new LabError('CONFIG_INVALID', {
    message: `{poolTotal} has no number for pool size ${poolSize} with overflow ${maxOverflow}, which is unlimited`,
    hint: 'give --pool-size 1 or more and --max-overflow 0 or more, or fill in {poolSize} and {maxOverflow}',
  });
}

/**
 * A shell reads what is filled in once more, inside or outside of quotes that the user wrote: only what means the same in
 * all of them may come there.
 */
function plainInShell(name: Placeholder, text: string): string {
  if (PLAIN_WORD.test(text)) return text;
  throw new LabError('CONFIG_INVALID', {
    message: `--command has {${name}} with --shell, and a shell would take apart what stands for it`,
    hint: `hand it over by a variable, --env NAME={${name}}, and write "$NAME" in the command`,
  });
}

function shownWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
