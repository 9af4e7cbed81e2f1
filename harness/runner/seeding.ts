import { spawn } from 'node:child_process';
import { z } from 'zod';
import {
  type DatabaseConfig,
  databaseConfigToEnv,
  SEED_API_ROLE_ENV,
} from '../../server/contract.ts';
import { type Custodian, NOTHING_GUARDED } from '../custodian.ts';
import { entryPoint } from '../entry-point.ts';
import { LabError } from '../lab-error.ts';
import { outputTail } from '../output-tail.ts';

/** The data takes about a second; a minute is a hung disk. */
const SEED_DEADLINE_MS = 60_000;

/** Puts the workloads' schema and data in place; does nothing where they already are. */
export async function seedDatabase(deps: {
  /** Connects as this role, which must be able to create a schema. */
  readonly owner: DatabaseConfig;
  /** Role the API connects with; it is granted what the workloads need. */
  readonly apiRole: string;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly custodian: Custodian;
  readonly signal: AbortSignal;
}): Promise<void> {
  deps.signal.throwIfAborted();
  const { owner } = deps;
  const child = spawn(process.execPath, [entryPoint(import.meta.url, '../../server/seed')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...deps.baseEnvironment,
      ...databaseConfigToEnv(owner),
      [SEED_API_ROLE_ENV]: deps.apiRole,
    },
    signal: AbortSignal.any([deps.signal, AbortSignal.timeout(SEED_DEADLINE_MS)]),
  });
  const tail = outputTail([child.stdout, child.stderr]);
  const release =
    child.pid === undefined
      ? NOTHING_GUARDED
      : deps.custodian.guard({ kind: 'process-group', pid: child.pid });
  const outcome = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : (signal ?? `exit code ${code}`)),
    );
  });
  release();
  deps.signal.throwIfAborted();
  if (outcome === null) return;
  throw new LabError('SEED_FAILED', {
    message: `the workloads' tables could not be created in ${owner.host}:${owner.port}/${owner.database}: ${outcome}`,
    hint: hintOf(tail()),
  });
}

const outcomeSchema = z.object({ code: z.enum(['refused', 'database']), message: z.string() });

/** The seeding says what went wrong in one line of JSON; a crash leaves its stack instead. */
function hintOf(lines: readonly string[]): string {
  const last = lines.at(-1) ?? '';
  const outcome = last.startsWith('{') ? outcomeSchema.safeParse(JSON.parse(last)) : null;
  if (outcome === null || !outcome.success) {
    return lines.join('\n') || 'Check that the role may create a schema there.';
  }
  const { code, message } = outcome.data;
  return code === 'refused'
    ? `${message}; rename or drop that schema yourself, the lab touches only its own.`
    : `PostgreSQL said: ${message}`;
}
