import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openLabDirectory } from '../../../harness/postgres/lab-directory.ts';
import { publishOnce } from '../../../harness/postgres/published-directory.ts';
import { systemErrorCode } from '../../../harness/system-error.ts';
import type { Detection } from '../../../harness/test/optional-part.ts';

const UNPACK_DEADLINE_MS = 60_000;

/** A Chromium that can be started: the program, and the environment that it finds its libraries by. */
export interface Chromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The browser of the development dependencies, unpacked into the lab's cache the first time. It is of
 * one system only; elsewhere POOL_LAB_CHROMIUM may name any Chromium or Chrome.
 *
 * @param env of the test: POOL_LAB_CHROMIUM, POOL_LAB_DIRECTORY
 */
export async function detectChromium(env: NodeJS.ProcessEnv): Promise<Detection<Chromium>> {
  const named = env['POOL_LAB_CHROMIUM'];
  if (named !== undefined && named !== '') {
    return { state: 'present', thing: { executablePath: named, env: {} } };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      state: 'absent',
      reason: `no Chromium comes with the packages for ${process.platform} ${process.arch}`,
      remedy: 'name one in POOL_LAB_CHROMIUM',
    };
  }
  const version = packedVersion();
  if (version === null) {
    return {
      state: 'absent',
      reason: '@sparticuz/chromium is not installed',
      remedy: 'run `npm ci`, or name a Chromium in POOL_LAB_CHROMIUM',
    };
  }
  return { state: 'present', thing: await unpacked(version, env['POOL_LAB_DIRECTORY']) };
}

function packedVersion(): string | null {
  try {
    const { resolve } = createRequire(import.meta.url);
    // The package exports its main module only, which stands one level below its directory.
    const manifest = join(resolve('@sparticuz/chromium'), '../../package.json');
    const { version } = createRequire(import.meta.url)(manifest) as { readonly version: string };
    return version;
  } catch (error) {
    if (systemErrorCode(error) === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

async function unpacked(version: string, labParent: string | undefined): Promise<Chromium> {
  const { cachePath } = openLabDirectory(labParent);
  const path = join(cachePath, `chromium-${version}`);
  await publishOnce(path, async (unfinished) => {
    const unpack = fileURLToPath(new URL('run-unpack-chromium.ts', import.meta.url));
    await promisify(execFile)(process.execPath, [unpack, unfinished], {
      timeout: UNPACK_DEADLINE_MS,
    });
    // Chromium makes it beside itself at its first start, and nothing may be added once published.
    await mkdir(join(unfinished, 'locales'));
    await writeFile(join(unfinished, 'fonts', 'fonts.conf'), fontsConfiguration(path, cachePath));
  });
  return {
    executablePath: join(path, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(path, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(path, 'fonts'),
    },
  };
}

/** The package's own names directories of the system it was made for. */
function fontsConfiguration(path: string, cachePath: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(path, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(cachePath, 'chromium-fonts')}</cachedir>
</fontconfig>
`;
}
