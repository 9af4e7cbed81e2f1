import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readDataFile } from './data-file.ts';
import { LabError } from './lab-error.ts';
import {
  type Option,
  type RawEnv,
  type RawFlags,
  readOptions,
  SOURCE_DEFAULT,
} from './plan/option-table.ts';
import { RUN_OPTIONS } from './plan/run-options.ts';
import { SETTINGS_BYTES_MAX, type SettingsFile } from './plan/sweep/settings-file.ts';
import { SWEEP_CALL_OPTIONS } from './plan/sweep/sweep-options.ts';
import { describeError, systemErrorCode } from './system-error.ts';

interface Given {
  readonly flags: RawFlags;
  readonly env: RawEnv;
}

/**
 * The file of settings that was named, or `pool-lab.yaml` of the current directory where there is one.
 * What is wrong with the option itself is left to whoever reads all of them.
 *
 * @returns `null` where no file is to be read
 * @throws LabError CONFIG_INVALID for a file that cannot be read, or is no text
 */
export function givenConfigFile(given: Given): Promise<SettingsFile | null> {
  return givenFile(SWEEP_CALL_OPTIONS.config, given);
}

/** The same for one trial, which has no file that nobody named. */
export function givenRunFile(given: Given): Promise<SettingsFile | null> {
  return givenFile(RUN_OPTIONS.config, given);
}

async function givenFile(
  config: Option<string | null>,
  given: Given,
): Promise<SettingsFile | null> {
  const { values, sources, problems } = readOptions({ config }, given);
  if (values.config === null || problems.length > 0) return null;
  const name = values.config;
  const source = sources.config === SOURCE_DEFAULT ? '--config' : sources.config;
  try {
    return {
      name,
      text: textOf(await readBounded(name)),
      readData: (data) => readDataFile(data, dirname(name)),
    };
  } catch (error) {
    const missing = systemErrorCode(error) === 'ENOENT';
    if (missing && sources.config === SOURCE_DEFAULT) return null;
    throw refusal(error, { name, source });
  }
}

/** What was found is no file of settings, in words. */
class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

async function readBounded(path: string): Promise<Uint8Array> {
  // A pipe without a writer would never open; what it is can be asked without opening it.
  if (!(await stat(path)).isFile()) throw new UnusableFile('is no regular file');
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(SETTINGS_BYTES_MAX + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > SETTINGS_BYTES_MAX) {
      throw new UnusableFile(`has more than ${SETTINGS_BYTES_MAX} bytes`);
    }
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UnusableFile('is not UTF-8 text', { cause });
  }
}

function refusal(
  error: unknown,
  { name, source }: { readonly name: string; readonly source: string },
): unknown {
  const code = systemErrorCode(error);
  if (!(error instanceof UnusableFile) && code === undefined) return error;
  const origin = source === '--config' ? '' : ` (from ${source})`;
  const problem =
    error instanceof UnusableFile
      ? error.message
      : code === 'ENOENT'
        ? 'does not exist'
        : `cannot be read: ${describeError(error)}`;
  return new LabError('CONFIG_INVALID', {
    message: `--config ${JSON.stringify(name)}${origin} ${problem}`,
    hint: 'name a YAML file of settings, or --config none for no file; pool-lab init writes one',
    cause: error,
  });
}
