import { Client, type ClientConfig } from 'pg';
import { ParserGuardSocket } from './parser-guard-socket.ts';

/** A server says nothing more to a farewell than that it closes; one that is frozen never does. */
const FAREWELL_MS = 1_000;

/**
 * A client of pg that whatever answers at an address, encrypted or not, cannot end this process with; nor can
 * what does not answer keep it.
 */
export class GuardedClient extends Client {
  readonly #socket: ParserGuardSocket;

  constructor(config: ClientConfig) {
    const socket = new ParserGuardSocket();
    super({ ...config, stream: () => socket });
    this.#socket = socket;
    this.connection.once('sslconnect', () => socket.follow(this.connection.stream));
  }

  /** Without a farewell: what is waited for is rejected. */
  breakOff(): void {
    this.#socket.destroy();
  }

  /** Resolves in any case. */
  override async end(): Promise<void> {
    const timer = setTimeout(() => this.breakOff(), FAREWELL_MS);
    try {
      await super.end();
    } finally {
      clearTimeout(timer);
    }
  }
}
