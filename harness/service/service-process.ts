import { type ChildProcess, spawn } from 'node:child_process';
import type { Custodian } from '../custodian.ts';
import { identifyProcess } from '../process-table.ts';
import type { Redactor } from '../report/redactor.ts';
import type { FilledCommand } from './filled-command.ts';
import { type Exit, notStarted } from './not-ready.ts';
import { giveLimit, limitOf } from './process-limit.ts';
import { endTree, type ServiceEnd } from './service-end.ts';
import { readServiceOutput, type ServiceOutput } from './service-output.ts';
import { createServiceTree, type ServiceTree } from './service-tree.ts';

/** Who came and went in between is found by its marker at the end. */
const LOOK_EVERY_MS = 1_000;
/** Looking takes longer the more runs on the machine: at most this share of the time goes into it. */
const LOOK_SHARE_MAX = 0.01;
/** However busy it is: an end must be seen. */
const LOOK_PAUSE_MS_MAX = 3_000;
/** What it wrote last is still in the pipe when it has ended. */
const LAST_WORDS_MS = 200;

/** Labs that were told what cannot be promised there. */
const TOLD = new WeakSet<Custodian>();

/** A started command with its descendants, whether it answers or not. */
export interface ServiceProcess {
  readonly pid: number;
  readonly shown: string;
  readonly tree: ServiceTree;
  readonly output: ServiceOutput;
  /** The end of the first process; others may go on. */
  readonly exited: Promise<Exit>;
  exit(): Exit | null;
  /** Resolves when nobody of it runs any more. */
  readonly gone: Promise<void>;
  readonly stopping: Promise<void>;
  isStopping(): boolean;
  /** Idempotent. */
  stop(): Promise<ServiceEnd>;
}

/**
 * Starts it in a session of its own, guarded before it exists.
 *
 * @throws LabError SERVICE_NOT_READY when there is no such program
 */
export async function startProcess(
  command: FilledCommand,
  {
    custodian,
    redactor,
    stopTimeoutMs,
    warn,
  }: {
    readonly custodian: Custodian;
    readonly redactor: Pick<Redactor, 'redact'>;
    readonly stopTimeoutMs: number;
    readonly warn: (sentence: string) => void;
  },
): Promise<ServiceProcess> {
  const guards = [
    custodian.guard({ kind: 'marked-processes', marker: command.marker, limit: null }),
  ];
  const release = (): void => {
    for (const done of guards.splice(0)) done();
  };
  let child: ChildProcess;
  try {
    child = await spawned(command);
  } catch (error) {
    release();
    throw notStarted(error, command);
  }
  const { pid = 0 } = child;
  const limit = giveLimit(pid, limitOf(command.marker)) ? limitOf(command.marker) : null;
  guards.push(
    custodian.guard({ kind: 'process-group', pid }),
    custodian.guard({ kind: 'marked-processes', marker: command.marker, limit }),
  );
  if (limit === null && identifyProcess(pid) !== null && !TOLD.has(custodian)) {
    TOLD.add(custodian);
    warn(
      showsEnvironments()
        ? 'without prlimit (of util-linux) a process of the service that leaves its parent, its session and its environment at once may outlive it'
        : 'this system does not show which processes came of the service: one that leaves its group and its parent may outlive it',
    );
  }
  const output = readServiceOutput([child.stdout, child.stderr], redactor);
  const exited = exitOf(child);
  let exit: Exit | null = null;
  void exited.then((it) => {
    exit = it;
  });
  // Of one that has ended already there is no start time; its children are found by their marker.
  const root = identifyProcess(pid) ?? { pid, startToken: '' };
  const tree = createServiceTree(
    { root, marker: command.marker, limit },
    {
      onStray: (stray) => {
        guards.push(custodian.guard({ kind: 'process', pid: stray }));
      },
    },
  );
  const gone = Promise.withResolvers<void>();
  const stopping = Promise.withResolvers<void>();
  let isStopping = false;

  const look = (): void => {
    const startMs = performance.now();
    const members = tree.look();
    if (exit !== null && members.length === 0) gone.resolve();
    const tookMs = performance.now() - startMs;
    const pauseMs = Math.min(Math.max(LOOK_EVERY_MS, tookMs / LOOK_SHARE_MAX), LOOK_PAUSE_MS_MAX);
    if (!isStopping) timer = setTimeout(look, pauseMs);
  };
  let timer = setTimeout(look, 0);
  void exited.then(() => {
    if (isStopping) return;
    clearTimeout(timer);
    look();
  });

  const stop = async (): Promise<ServiceEnd> => {
    isStopping = true;
    stopping.resolve();
    clearTimeout(timer);
    const end = await endTree(tree, { stopTimeoutMs, warn });
    await exited;
    await output.drained(LAST_WORDS_MS);
    // Whoever could not be ended may hold the other end.
    output.close();
    gone.resolve();
    release();
    return end;
  };
  let ending: Promise<ServiceEnd> | undefined;
  return {
    pid,
    shown: command.shown,
    tree,
    output,
    exited,
    exit: () => exit,
    gone: gone.promise,
    stopping: stopping.promise,
    isStopping: () => isStopping,
    stop: () => {
      ending ??= stop();
      return ending;
    },
  };
}

/** By /proc, as Linux has it. */
function showsEnvironments(): boolean {
  return process.platform === 'linux';
}

function spawned({ program, args, directory, environment }: FilledCommand): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      ...(directory === null ? {} : { cwd: directory }),
      env: environment,
      // A session of its own: a terminal's Ctrl-C must reach the harness alone, and one signal all of it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.once('error', reject);
    if (child.pid !== undefined) resolve(child);
  });
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
