import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { entryPoint } from '../../entry-point.ts';

/** A harness in a process of its own, with a service in a mood; resolves when that serves. */
export async function startServiceLab(mood: string): Promise<{
  readonly child: ChildProcess;
  readonly origin: string;
}> {
  const entry = entryPoint(import.meta.url, './run-service-lab');
  const child = spawn(process.execPath, [entry, mood], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return { child, origin: String(value) };
}
