import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

export interface CliChild {
  readonly child: ChildProcess;
  /** All it wrote so far. */
  readonly seen: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Resolves when one of its outputs matches; fails when the process ends before. */
  readonly said: (pattern: RegExp) => Promise<void>;
}

/** The command line as a process of its own, with these arguments, and variables beside this process's. */
export function startCli(
  line: readonly string[],
  env: Readonly<Record<string, string>> = {},
): CliChild {
  const child = spawn(process.execPath, [CLI, ...line], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const seen = { stdout: '', stderr: '' };
  const watchers: (() => void)[] = [];
  const listen = (name: 'stdout' | 'stderr'): void => {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      seen[name] += text;
      for (const watcher of watchers) watcher();
    });
  };
  listen('stdout');
  listen('stderr');
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(seen.stdout) || pattern.test(seen.stderr)) resolve();
      };
      watchers.push(look);
      look();
      child.on('close', () => reject(new Error(`it ended without ${pattern}: ${seen.stderr}`)));
    });
  return { child, seen, ended, said };
}
