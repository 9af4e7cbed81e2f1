import { Agent, get } from 'node:http';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Clients in a closed loop, each on one keep-alive connection, until stopped. */
export class KeepAliveLoad {
  readonly answers: Answered[] = [];
  readonly failures: Error[] = [];
  readonly #agents: Agent[];
  readonly #loops: Promise<unknown>;
  #stopped = false;

  constructor(url: string, clients: number) {
    this.#agents = Array.from(
      { length: clients },
      () => new Agent({ keepAlive: true, maxSockets: 1 }),
    );
    this.#loops = Promise.all(this.#agents.map((agent) => this.#loop(url, agent)));
  }

  async #loop(url: string, agent: Agent): Promise<void> {
    while (!this.#stopped) {
      try {
        this.answers.push(await request(url, agent));
      } catch (error) {
        this.failures.push(error as Error);
        this.#stopped = true;
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loops;
    for (const agent of this.#agents) agent.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** One GET over the agent's connection. */
export function request(
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { ...headers } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    }).once('error', reject);
  });
}
