import { Client, type ClientConfig } from 'pg';
import { ParserGuardSocket } from './parser-guard-socket.ts';

/** A client of pg that whatever answers at an address, encrypted or not, cannot end this process with. */
export class GuardedClient extends Client {
  constructor(config: ClientConfig) {
    const socket = new ParserGuardSocket();
    super({ ...config, stream: () => socket });
    this.connection.once('sslconnect', () => socket.follow(this.connection.stream));
  }
}
