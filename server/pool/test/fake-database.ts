import { EventEmitter } from 'node:events';
import type { ClientConfig } from 'pg';
import { PoolClient, type PoolClientClass, type PoolClientDeps } from '../pool-client.ts';

export type FakeState = 'new' | 'connecting' | 'open' | 'closing' | 'closed';

/** Everything PostgreSQL and the network would do by themselves; off, the test does it by hand. */
export interface FakeHabits {
  accepts: boolean;
  answers: boolean;
  closes: boolean;
}

/**
 * The server side of pg's `Connection`, below a real pg client: the pools are tested with everything
 * pg does, and without sockets.
 */
export class FakeDatabase {
  readonly connections: FakeConnection[] = [];
  readonly habits: FakeHabits = { accepts: true, answers: true, closes: true };
  /** What the next connections are refused with. */
  readonly refusals: Error[] = [];
  readonly Client: PoolClientClass;
  accepted = 0;

  constructor() {
    const database = this;
    this.Client = class extends PoolClient {
      constructor(config: ClientConfig, deps: PoolClientDeps) {
        const connection = new FakeConnection(database);
        super(Object.assign({}, config, { connection }), deps);
        database.connections.push(connection);
      }
    };
  }

  in(...states: readonly FakeState[]): FakeConnection[] {
    return this.connections.filter(({ state }) => states.includes(state));
  }

  /** Sockets the server would see at this moment. */
  get live(): number {
    return this.in('connecting', 'open', 'closing').length;
  }

  of(client: object): FakeConnection {
    const found = this.connections.find(
      (connection) => connection === Reflect.get(client, 'connection'),
    );
    if (found === undefined) throw new Error('not a client of this database');
    return found;
  }
}

export class FakeConnection extends EventEmitter {
  /** In the order in which connections were accepted; refused ones have none. */
  id = 0;
  readonly #database: FakeDatabase;
  readonly parsedStatements = {};
  readonly submittedNamedStatements = {};
  readonly stream = { destroy: () => this.#broken() };
  /** Read by pg: whether there ever was a connect. */
  _connecting = false;
  state: FakeState = 'new';
  /** Of the session, as the server knows it. */
  transaction: 'I' | 'T' | 'E' = 'I';
  /** Texts of queries without an answer yet. */
  readonly unanswered: string[] = [];

  constructor(database: FakeDatabase) {
    super();
    this.#database = database;
  }

  // -- called by pg ---------------------------------------------------------------------------

  connect(): void {
    this._connecting = true;
    this.state = 'connecting';
    const refusal = this.#database.refusals.shift();
    if (refusal !== undefined) queueMicrotask(() => this.refuse(refusal));
    else if (this.#database.habits.accepts) queueMicrotask(() => this.accept());
  }

  query(text: string): void {
    this.unanswered.push(text);
    if (this.#database.habits.answers) queueMicrotask(() => this.answer());
  }

  end(): void {
    if (this.state === 'closed') return;
    this.state = 'closing';
    if (this.#database.habits.closes) queueMicrotask(() => this.close());
  }

  ref(): void {
    // No socket, no reference.
  }

  unref(): void {
    // No socket, no reference.
  }

  // -- done by the server ---------------------------------------------------------------------

  accept(): void {
    if (this.state !== 'connecting') return;
    this.state = 'open';
    this.#database.accepted += 1;
    this.id = this.#database.accepted;
    this.emit('readyForQuery', { status: 'I' });
  }

  refuse(error: Error): void {
    if (this.state === 'connecting') this.emit('errorMessage', error);
  }

  answer(): void {
    const text = this.unanswered.shift();
    if (text === undefined || this.state !== 'open') return;
    if (/^begin/i.test(text)) this.transaction = 'T';
    if (/^(commit|rollback)/i.test(text)) this.transaction = 'I';
    this.emit('commandComplete', { text: text.split(' ')[0] });
    this.emit('readyForQuery', { status: this.transaction });
  }

  /** An error first and, unless told otherwise, the session's readiness in the same packet. */
  fail(error: Error, { ready }: { readonly ready: boolean } = { ready: true }): void {
    if (this.unanswered.shift() === undefined || this.state !== 'open') return;
    if (this.transaction === 'T') this.transaction = 'E';
    this.emit('errorMessage', error);
    if (ready) this.ready();
  }

  ready(): void {
    this.emit('readyForQuery', { status: this.transaction });
  }

  /** A backend terminated by an administrator: its last words, then the end. */
  terminate(): void {
    if (this.state !== 'open') return;
    const words = 'terminating connection due to administrator command';
    this.emit('errorMessage', postgresError('57P01', words, 'FATAL'));
    this.close();
  }

  /** The socket is closed. */
  close(): void {
    if (this.state === 'closed' || this.state === 'new') return;
    this.state = 'closed';
    this.emit('end');
  }

  #broken(): void {
    if (this.state === 'closed' || this.state === 'new') return;
    this.state = 'closing';
    queueMicrotask(() => this.close());
  }
}

export function postgresError(code: string, message: string, severity = 'ERROR'): Error {
  return Object.assign(new Error(message), { code, severity });
}

/** Lets everything that is due at this moment happen: microtasks, pg's next ticks, and what they cause. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
