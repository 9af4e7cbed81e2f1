import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LabError } from './lab-error.ts';
import { openLabDirectory } from './postgres/lab-directory.ts';
import { publishOnce } from './postgres/published-directory.ts';
import { describeError, systemErrorCode } from './system-error.ts';

const PROJECT = join(import.meta.dirname, '..');
const BUILDER = 'dashboards/web/scripts/build-shell.ts';

/** All that can end up in the page or decides how it is built; too much only costs a build. */
const SOURCES = [
  'dashboards/web',
  'harness',
  'server/contract.ts',
  'package-lock.json',
  'tsconfig.json',
] as const;
/** Below the project, whose own path may hold any word. */
const NOT_IN_THE_PAGE = /\.test\.tsx?$|\/(test|node_modules)\/|\.(md|schema\.json)$/;

/** A build takes a second or two; on a machine that others fill, ten times that. */
const BUILD_DEADLINE_MS = 60_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** How much of what the build has to say helps; its first lines name the file and the reason. */
const REASON_CHARACTERS_MAX = 600;

export interface ReportShellDeps {
  /** As for `openLabDirectory`: a clone keeps what it built in there. */
  readonly labParent: string;
  /** Ends a build that is under way. */
  readonly signal: AbortSignal;
  /** Where the sources of the page are. @default this clone */
  readonly projectPath?: string;
}

/**
 * The page of the HTML report without its data, see `buildReportShell`.
 *
 * The published package carries it beside this module. A clone builds it by Vite, in a process of its
 * own, the first time and whenever its sources changed, and keeps it in the lab's cache.
 *
 * @throws LabError REPORT_SHELL_FAILED, DISK_FULL, DIRECTORY_UNUSABLE
 */
export async function reportShell(deps: ReportShellDeps): Promise<string> {
  return import.meta.url.endsWith('.ts') ? builtShell(deps) : packagedShell();
}

async function packagedShell(): Promise<string> {
  const path = fileURLToPath(new URL('./report-shell.html', import.meta.url));
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new LabError('REPORT_SHELL_FAILED', {
      message: `The page of the HTML report cannot be read: ${describeError(cause)}.`,
      hint: 'Install pool-lab again.',
      cause,
    });
  }
}

async function builtShell({ labParent, signal, projectPath = PROJECT }: ReportShellDeps) {
  const { cachePath } = openLabDirectory(labParent);
  const path = join(cachePath, `report-shell-${await sourcesHash(projectPath)}`);
  const file = 'report.html';
  const shell = async (): Promise<string> => {
    await publishOnce(path, (unfinished) =>
      build({ projectPath, file: join(unfinished, file), signal }),
    );
    return readFile(join(path, file), 'utf8');
  };
  try {
    return await shell();
  } catch (error) {
    // Somebody cleans the cache, which is allowed at any time: between the look and the reading.
    if (systemErrorCode(error) === 'ENOENT') return shell();
    throw error;
  }
}

async function build({
  projectPath,
  file,
  signal,
}: {
  readonly projectPath: string;
  readonly file: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(projectPath, BUILDER), file], {
      cwd: projectPath,
      // Nothing of the user's environment changes what is built.
      env: {},
      timeout: BUILD_DEADLINE_MS,
      maxBuffer: OUTPUT_BYTES_MAX,
      signal,
    });
  } catch (cause) {
    throw buildFailure(cause);
  }
}

function buildFailure(cause: unknown): LabError {
  const output = textOf(cause, 'stderr');
  const reason = (reasonIn(output) ?? describeError(cause)).slice(0, REASON_CHARACTERS_MAX);
  const missing = /ERR_MODULE_NOT_FOUND|Cannot find (?:package|module)/.test(output);
  const late = textOf(cause, 'signal') !== '' ? ` (ended after ${BUILD_DEADLINE_MS} ms)` : '';
  return new LabError('REPORT_SHELL_FAILED', {
    message: `The page of the HTML report could not be built${late}: ${reason}`,
    hint: missing
      ? 'Run `npm ci` with development dependencies (without --omit=dev); the other formats need none.'
      : `Look at it with \`npx node ${BUILDER} page.html\`; the other formats do not need the page.`,
    cause,
  });
}

/** What Node prints of an error that ends it: name and message, without the stack below. */
function reasonIn(output: string): string | undefined {
  const [, message] = output.split(/^\w*Error(?: \[\w+\])?: /m);
  return message?.split(/\n\s+at /)[0];
}

function textOf(cause: unknown, field: 'stderr' | 'signal'): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const found = Object.entries(cause).find(([name]) => name === field)?.[1];
  return typeof found === 'string' ? found.trim() : '';
}

async function sourcesHash(projectPath: string): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of await filesOf(projectPath, source)) {
      // Lengths, so that no text can move from one file to the next unseen.
      const text = await readFile(join(projectPath, path));
      hash.update(`${path}\0${text.byteLength}\0`).update(text);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** The file itself, or all files below the directory, in one order everywhere. */
async function filesOf(projectPath: string, source: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(projectPath, source), {
      recursive: true,
      withFileTypes: true,
    });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(projectPath, join(entry.parentPath, entry.name)))
      .filter((file) => !NOT_IN_THE_PAGE.test(file))
      .sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOTDIR') return [source];
    throw error;
  }
}
