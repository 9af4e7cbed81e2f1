import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { entryPoint } from '../../entry-point.ts';

/** A harness in a process of its own, with a service in a mood; resolves when that serves. */
export async function startServiceLab(mood: string): Promise<
  AsyncDisposable & {
    readonly origin: string;
    /** As nothing can be said against. */
    readonly kill: () => void;
  }
> {
  const entry = entryPoint(import.meta.url, './run-service-lab');
  const child = spawn(process.execPath, [entry, mood], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return {
    origin: String(value),
    kill,
    async [Symbol.asyncDispose]() {
      kill();
      await exited;
    },
  };
}
