import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { databaseConfigSchema } from '../../../server/contract.ts';
import { entryPoint } from '../../entry-point.ts';
import type { Transport } from '../../plan/trial-plan.ts';

const CLONE = fileURLToPath(new URL('../../..', import.meta.url));

const startedSchema = z.object({
  postmasterPid: z.int(),
  dataDirectory: z.string(),
  superuser: databaseConfigSchema,
  api: databaseConfigSchema,
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
  /** The clone whose Node.js and sources are run. @default this one */
  readonly project?: string;
  readonly guardedChildPid?: number;
  /** @default tcp */
  readonly transport?: Transport;
}): Promise<EmbeddedProcess> {
  const { labParent, uid, project, guardedChildPid = null, transport = 'tcp' } = options;
  const inProject = (path: string): string =>
    project === undefined ? path : join(project, relative(CLONE, path));
  const entry = entryPoint(import.meta.url, './run-embedded');
  const child = spawn(inProject(process.execPath), [inProject(entry)], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  child.stdin.write(`${JSON.stringify({ labParent, guardedChildPid, transport })}\n`);
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
