import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Detection } from './optional-part.ts';

const run = promisify(execFile);

/** Both belong to one installation; PATH finds them. */
export interface PrometheusBinaries {
  readonly prometheus: 'prometheus';
  readonly promtool: 'promtool';
  /** e.g. `2.42.0` */
  readonly version: string;
}

/** For `optional('prometheus', detectPrometheus)`. */
export async function detectPrometheus(): Promise<Detection<PrometheusBinaries>> {
  try {
    await run('promtool', ['--version']);
    const { stdout, stderr } = await run('prometheus', ['--version']);
    const version = /version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? 'unknown';
    return {
      state: 'present',
      thing: { prometheus: 'prometheus', promtool: 'promtool', version },
    };
  } catch (error) {
    return {
      state: 'absent',
      reason: `no prometheus and promtool on PATH (${error instanceof Error ? error.message : error})`,
      remedy: 'install Prometheus, e.g. apt-get install prometheus',
    };
  }
}

/**
 * What `promtool check metrics` finds in a scrape; empty: nothing. Its exit status says the same once more.
 *
 * @throws Error when it could not be run
 */
export function findingsOfPromtool(
  { promtool }: Pick<PrometheusBinaries, 'promtool'>,
  text: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(promtool, ['check', 'metrics'], (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout + stderr);
    });
    child.stdin?.end(text);
  });
}
