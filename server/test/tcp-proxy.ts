import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy to one target that can be taken down and put up again on the same port. */
export class TcpProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #clients = 0;
  port = 0;

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }

  async up(): Promise<void> {
    const server = createServer((client) => {
      this.#clients += 1;
      client.once('close', () => (this.#clients -= 1));
      const upstream = connect(this.#target);
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        // Ends with its other half, which its close does.
        socket.on('error', () => undefined);
      }
      client.once('close', () => upstream.destroy());
      upstream.once('close', () => client.destroy());
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: this.port }, resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
    this.#server = server;
  }

  /** Connections through it at this moment. */
  get connections(): number {
    return this.#clients;
  }

  /** Connections break, new ones are refused: as when the database process has died. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /** Lets the system choose its port, without listening. */
  static async reserved(target: {
    readonly host: string;
    readonly port: number;
  }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.up();
    await proxy.down();
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}
