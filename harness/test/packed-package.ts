import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The built and packed package, installed where a stranger would install it. */
export interface PackedPackage {
  /** Paths inside the tarball, e.g. `dist/harness/cli.js`. */
  readonly files: readonly string[];
  /** The installed command. */
  readonly command: string;
  /** PATH on which `node` is this project's Node and nothing else is the project's. */
  readonly path: string;
  remove(): Promise<void>;
}

const packReport = z
  .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  .length(1);

/** Packs the project (its prepack builds it) and installs the tarball in a directory of its own. */
export async function installPackedPackage(): Promise<PackedPackage> {
  const directory = await mkdtemp(join(tmpdir(), 'pool-lab-package-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const bin = join(directory, 'bin');
    await mkdir(bin);
    await symlink(process.execPath, join(bin, 'node'));
    const path = [bin, strangersPath()].join(delimiter);
    const [packed] = packReport.parse(
      jsonArray(await npm(['pack', '--json', '--pack-destination', directory], PROJECT)),
    );
    if (packed === undefined) throw new Error('npm pack reported nothing');
    const app = join(directory, 'app');
    await mkdir(app);
    await writeFile(join(app, 'package.json'), '{ "private": true }');
    await npm(
      [
        'install',
        '--ignore-scripts',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        join(directory, packed.filename),
      ],
      app,
      path,
    );
    return {
      files: packed.files.map((file) => file.path),
      command: join(app, 'node_modules', '.bin', 'pool-lab'),
      path,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** PATH without any `node_modules/.bin`: what a stranger's shell has. */
export function strangersPath(): string {
  const ofPackages = `${sep}node_modules${sep}`;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !`${entry}${sep}`.includes(ofPackages))
    .join(delimiter);
}

/**
 * Environment without what npm tells the scripts it runs, which would send another npm back here;
 * where its registry, cache and settings are stays.
 */
export function strangersEnvironment(path: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|INIT_CWD$|NODE_|VITEST|VITE_|POOL_LAB_|PG[A-Z]+$)/.test(name) ||
      /^npm_config_(registry|cache|userconfig|globalconfig)$/.test(name),
  );
  return { ...Object.fromEntries(kept), PATH: path };
}

/** npm comes from the host; in the project its scripts find Node themselves, as for everybody. */
async function npm(args: readonly string[], cwd: string, path = strangersPath()): Promise<string> {
  const run = promisify(execFile)('npm', [...args], {
    cwd,
    env: strangersEnvironment(path),
    maxBuffer: 16 * 1024 * 1024,
  });
  try {
    return (await run).stdout;
  } catch (cause) {
    // What a build has against the sources stands in its output, not in npm's own message.
    const { stdout, stderr } = z.object({ stdout: z.string(), stderr: z.string() }).parse(cause);
    throw new Error(`npm ${args.join(' ')} failed\n${stdout}\n${stderr}`, { cause });
  }
}

/** The output of the build stands before npm's own. */
function jsonArray(output: string): unknown {
  return JSON.parse(output.slice(output.search(/^\[/m)));
}
