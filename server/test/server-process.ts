import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  ADMIN_PATHS,
  type DatabaseConfig,
  type ParentMessage,
  POOL_DEFAULTS,
  type PoolConfig,
  type ServerConfig,
  type ServerMessage,
  type ServerStats,
  serverConfigToEnv,
  serverMessageSchema,
  serverStatsSchema,
} from '../contract.ts';

const ENTRY = fileURLToPath(new URL('../main.ts', import.meta.url));
const DEADLINE_MS = 10_000;
const POLL_INTERVAL_MS = 10;

export type ServerOverrides = Partial<Omit<ServerConfig, 'pool'>> & {
  readonly database: DatabaseConfig;
  readonly pool?: Partial<PoolConfig>;
  /** Further environment of the process, e.g. a broken one. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** The real server as a process of its own, with this test as its parent. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly messages: ServerMessage[] = [];
  output = '';
  readonly exited: Promise<number | null>;

  constructor({ environment, pool, ...overrides }: ServerOverrides) {
    const config: ServerConfig = {
      host: '127.0.0.1',
      port: 0,
      adminPort: 0,
      allowedHosts: [],
      workers: 2,
      graceMs: 1_000,
      instrumentation: true,
      preparedStatements: true,
      seed: 1,
      ...overrides,
      pool: { ...POOL_DEFAULTS, poolSize: 2, maxOverflow: 0, poolTimeoutMs: 2_000, ...pool },
    };
    this.child = fork(ENTRY, {
      env: { ...serverConfigToEnv(config), ...environment },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.on('message', (raw) => this.messages.push(serverMessageSchema.parse(raw)));
    this.child.stdout?.on('data', (chunk) => (this.output += chunk));
    this.child.stderr?.on('data', (chunk) => (this.output += chunk));
    // Not `close`, which never comes after a `disconnect` on this side.
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Starts it and waits for all its workers. */
  static async ready(overrides: ServerOverrides): Promise<ServerProcess> {
    const server = new ServerProcess(overrides);
    try {
      await server.message('ready');
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get url(): string {
    return this.#urls().url;
  }

  get adminUrl(): string {
    return this.#urls().adminUrl;
  }

  get workerPids(): number[] {
    const ready = this.messages.findLast((message) => message.type === 'ready');
    if (ready === undefined) throw new Error('not ready');
    return ready.workers.map(({ pid }) => pid);
  }

  /** One worker of those it got ready with. Never 0: that would be this test's own process group. */
  get workerPid(): number {
    const [pid] = this.workerPids;
    if (pid === undefined) throw new Error('no worker');
    return pid;
  }

  send(message: ParentMessage): void {
    this.child.send(message);
  }

  /** The first message of a type, as soon as it is there. */
  async message<Type extends ServerMessage['type']>(
    type: Type,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    const isOfType = (message: ServerMessage): message is Extract<ServerMessage, { type: Type }> =>
      message.type === type;
    await eventually(
      () => this.messages.some(isOfType),
      () => `no message ${type}\n${this.output}`,
    );
    const found = this.messages.find(isOfType);
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  async stats(): Promise<ServerStats> {
    const response = await fetch(this.adminUrl + ADMIN_PATHS.stats);
    return serverStatsSchema.parse(await response.json());
  }

  /** Exposition text, and how long it took to get. */
  async metrics(): Promise<{ readonly text: string; readonly durationMs: number }> {
    const startedAt = performance.now();
    const response = await fetch(this.adminUrl + ADMIN_PATHS.metrics);
    return { text: await response.text(), durationMs: performance.now() - startedAt };
  }

  async readyStatus(): Promise<number> {
    const response = await fetch(this.adminUrl + ADMIN_PATHS.ready);
    await response.text();
    return response.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      if (this.child.connected) this.child.disconnect();
      const killer = setTimeout(() => this.child.kill('SIGKILL'), DEADLINE_MS);
      await this.exited;
      clearTimeout(killer);
    }
  }

  #urls(): { readonly url: string; readonly adminUrl: string } {
    const message = this.messages.find(({ type }) => type === 'ready' || type === 'waiting');
    if (message === undefined || !('adminUrl' in message)) throw new Error('no URL yet');
    return message;
  }
}

/** Waits until `condition` holds; fails after ten seconds with what `explain` says. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  explain: () => string = () => 'the condition did not come true',
): Promise<void> {
  const startedAt = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedAt > DEADLINE_MS) throw new Error(explain());
    await delay(POLL_INTERVAL_MS);
  }
}

/** Whether the process still runs; one that has ended and waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Orphans are collected by init, in its own time. Other systems than Linux have no /proc.
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return !stat.includes(') Z ');
}
