import { Client } from 'pg';
import type { DatabaseConfig } from '../../contract.ts';

/** What PostgreSQL itself says about the sessions of one application name. */
export class ServerSide {
  readonly #monitor: Client;
  readonly #applicationName: string;
  #sampling: Promise<void> | undefined;
  #peak = 0;

  private constructor(monitor: Client, applicationName: string) {
    this.#monitor = monitor;
    this.#applicationName = applicationName;
  }

  static async connect(superuser: DatabaseConfig, applicationName: string): Promise<ServerSide> {
    const monitor = new Client({ ...superuser, application_name: `${applicationName}-monitor` });
    await monitor.connect();
    return new ServerSide(monitor, applicationName);
  }

  /** Process ids of the sessions there are now. */
  async sessions(): Promise<number[]> {
    const { rows } = await this.#monitor.query<{ pid: number }>({
      name: 'sessions',
      text: `SELECT pid FROM pg_stat_activity
             WHERE application_name = $1 AND backend_type = 'client backend'`,
      values: [this.#applicationName],
    });
    return rows.map(({ pid }) => pid);
  }

  async query(text: string): Promise<void> {
    await this.#monitor.query(text);
  }

  async terminate(pid: number): Promise<void> {
    await this.#monitor.query('SELECT pg_terminate_backend($1)', [pid]);
  }

  /** The most sessions seen while `work` ran, sampled as fast as the server answers. */
  async peakDuring(work: () => Promise<unknown>): Promise<number> {
    this.#peak = 0;
    let working = true;
    this.#sampling = (async () => {
      while (working) this.#peak = Math.max(this.#peak, (await this.sessions()).length);
    })();
    try {
      await work();
    } finally {
      working = false;
      await this.#sampling;
    }
    return this.#peak;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#monitor.end();
  }
}
