import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Custodian, NOTHING_GUARDED } from '../custodian.ts';
import { identifyProcess } from '../process-table.ts';
import type { ServerAccount } from './account.ts';
import { createLogTail } from './log-tail.ts';
import { endServer, ORDERLY_END } from './postmaster-end.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { RunDirectory } from './run-directory.ts';
import { SERVER_ENVIRONMENT, spawnIdentity } from './server-program.ts';

/** A server process under supervision; started, which does not mean ready. */
export interface Postmaster {
  readonly pid: number | null;
  /** How it ended, once it has, e.g. `exit code 1`. Never rejects. */
  readonly ended: Promise<string>;
  lastLines(): readonly string[];
  /** Of connections, so far and by its log. */
  refusals(): number;
  /** Ends it and all its children, however long it hesitates. Idempotent. */
  end(): Promise<void>;
}

const LAST_WORDS_MS = 200;

export function startPostmaster(start: {
  readonly programs: string;
  readonly run: Pick<RunDirectory, 'dataPath' | 'configPath'>;
  readonly account: ServerAccount;
  readonly custodian: Custodian;
}): Postmaster {
  const { programs, account, custodian } = start;
  const { dataPath, configPath } = start.run;
  const tail = createLogTail();
  const refusalLog = createRefusalLog();
  const child = spawn(
    join(programs, 'bin', 'postgres'),
    ['-c', `config_file=${configPath}`, '-D', dataPath],
    {
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      // A session of its own: Ctrl-C in the terminal must reach the harness alone, which then stops
      // things in their order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...spawnIdentity(account),
    },
  );
  const pid = child.pid ?? null;
  const release =
    pid === null
      ? NOTHING_GUARDED
      : custodian.guard({ kind: 'postmaster', pid, dataDirectory: dataPath });
  const identity = pid === null ? null : identifyProcess(pid);
  child.stderr.on('data', (chunk: Buffer) => {
    tail.push(chunk);
    refusalLog.push(chunk);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      const how = code === null ? `ended by ${signal}` : `exit code ${code}`;
      // `close` says that its last words were read; a child of a crashed postmaster may hold the
      // log open for longer, and is not waited for.
      const timer = setTimeout(resolve, LAST_WORDS_MS, how);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(how);
      });
    });
  });
  let ending: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    await endServer(dataPath, identity, ORDERLY_END);
    if (pid !== null) await ended;
    release();
  };
  return {
    pid,
    ended,
    lastLines: () => tail.lines(),
    refusals: () => refusalLog.refusals(),
    end: () => {
      ending ??= end();
      return ending;
    },
  };
}
