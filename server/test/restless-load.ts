import { Agent, get } from 'node:http';

/**
 * A connection that was handed to a worker in the moment it was killed is answered by nobody, and closed by
 * nobody either: node:cluster forgets it.
 */
const ANSWER_MS_MAX = 1_000;

/** Clients in a closed loop that go on when their connection breaks, each on a new one, until stopped. */
export class RestlessLoad {
  answered = 0;
  readonly #loops: Promise<unknown>;
  #stopped = false;

  constructor(url: string, clients: number) {
    this.#loops = Promise.all(Array.from({ length: clients }, () => this.#loop(url)));
  }

  async #loop(url: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.#stopped) if (await isAnswered(url, agent)) this.answered += 1;
    agent.destroy();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loops;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function isAnswered(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const sent = get(url, { agent, signal }, (response) => {
      response.resume();
      response.once('end', () => resolve(true));
      response.once('error', () => resolve(false));
    });
    sent.once('error', () => resolve(false));
  });
}
