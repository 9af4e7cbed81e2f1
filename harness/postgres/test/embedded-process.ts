import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { databaseConfigSchema } from '../../../server/contract.ts';
import { entryPoint } from '../../entry-point.ts';

const startedSchema = z.object({
  postmasterPid: z.int(),
  dataDirectory: z.string(),
  superuser: databaseConfigSchema,
  version: z.string(),
  watchdogPid: z.int(),
});
export type EmbeddedProcess = z.infer<typeof startedSchema> & {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
};

/** Starts `run-embedded.ts` and waits until its PostgreSQL is ready. */
export async function startEmbeddedProcess(options: {
  readonly labParent: string;
  readonly uid?: number;
  readonly guardedChildPid?: number;
}): Promise<EmbeddedProcess> {
  const { labParent, uid, guardedChildPid = null } = options;
  const child = spawn(process.execPath, [entryPoint(import.meta.url, './run-embedded')], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  child.stdin.write(`${JSON.stringify({ labParent, guardedChildPid })}\n`);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, ...startedSchema.parse(JSON.parse(line)) };
  }
  throw new Error(`the process ended before PostgreSQL was ready: ${stderr}`);
}

/** Lets it stop by itself. @returns its exit code */
export async function stopEmbeddedProcess({ child }: EmbeddedProcess): Promise<unknown> {
  child.stdin.end();
  const [code] = await once(child, 'exit');
  return code;
}
