import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EXIT_CODE } from '../exit-code.ts';
import { LabError } from '../lab-error.ts';
import { option } from '../plan/option.ts';
import { readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { OUTPUT_OPTIONS } from '../plan/run-options.ts';
import { exampleSettings } from '../plan/sweep/example-settings.ts';
import { CONFIG_FILE } from '../plan/sweep/sweep-options.ts';
import { yesNo } from '../plan/value-parser.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import type { Command } from './command.ts';

export const INIT_OPTIONS = {
  stdout: {
    ...option('stdout', {
      parser: yesNo(),
      defaultValue: false,
      description: 'print the file instead of writing it',
    }),
    env: null,
  },
  ...OUTPUT_OPTIONS,
} as const;

/** Levels between this file and the package's root: in a clone, in the built package. */
const ROOTS = ['../..', '../../..'];
const SCHEMA = 'harness/plan/sweep/pool-lab-yaml.schema.json';

/** A file of settings to begin with. */
export const initCommand: Command = {
  name: 'init',
  summary: `writes a commented ${CONFIG_FILE}, which sweep reads, into the current directory`,
  options: INIT_OPTIONS,
  examples: [
    { line: 'pool-lab init', shows: 'every setting of a sweep with its meaning, to edit' },
  ],
  async run(flags, io) {
    const { values, problems } = readOptions(INIT_OPTIONS, { flags, env: io.env });
    if (problems.length > 0) throw problemError(problems, 'init');
    const directory = process.cwd();
    if (values.stdout) {
      io.stdout.write(exampleSettings(schemaReference(directory)));
      return EXIT_CODE.ok;
    }
    const written = await writeExample(directory);
    io.stdout.write(
      values.json
        ? `${JSON.stringify({ written })}\n`
        : `${CONFIG_FILE} is written: edit it, look at it with pool-lab config explain, measure with pool-lab sweep\n`,
    );
    return EXIT_CODE.ok;
  },
};

/**
 * Writes the example into a directory, never over a file that is there.
 *
 * @returns the path of the file
 * @throws LabError for a file that is there, or a directory that cannot be written
 */
export async function writeExample(directory: string): Promise<string> {
  const path = join(directory, CONFIG_FILE);
  const text = exampleSettings(schemaReference(directory));
  let created = false;
  try {
    const file = await open(path, 'wx');
    created = true;
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (created) await rm(path, { force: true });
    throw refusal(error);
  }
  return path;
}

function refusal(error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined) return error;
  const hint = 'pool-lab init --stdout prints it, to be written elsewhere';
  if (code === 'EEXIST') {
    return new LabError('CONFIG_INVALID', {
      message: `${CONFIG_FILE} is there already and stays as it is`,
      hint: `edit it, or remove it first; ${hint}`,
      cause: error,
    });
  }
  const message = `${CONFIG_FILE} cannot be written: ${describeError(error)}`;
  return new LabError(code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : 'DIRECTORY_UNUSABLE', {
    message,
    hint: `go to a directory that you may write; ${hint}`,
    cause: error,
  });
}

/** Where the schema is, as seen from a file in `directory`; beneath it a path that moves along with it. */
function schemaReference(directory: string): string {
  const candidates = ROOTS.map((root) =>
    fileURLToPath(new URL(`${root}/${SCHEMA}`, import.meta.url)),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error(`${SCHEMA} is not in the package: the installation is damaged`);
  }
  const below = relative(directory, path);
  const inside = !isAbsolute(below) && !below.startsWith(`..${sep}`);
  // A blank ends the reference; a URL has none.
  return inside && !/\s/.test(below) ? `./${below}` : pathToFileURL(path).href;
}
