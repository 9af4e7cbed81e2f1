import { strict as assert } from 'node:assert';
import type { PoolConfig } from '../../contract.ts';
import { DatabaseError } from '../database-error.ts';
import type { Checkout } from '../pool.ts';
import { connectionsMax } from '../pool-limit.ts';
import { QueuePool } from '../queue-pool.ts';
import { type FakeConnection, postgresError, settled } from './fake-database.ts';
import { poolUnderTest } from './pool-under-test.ts';

interface Caller {
  readonly seq: number;
  readonly startedMs: number;
  answers: number;
  checkout: Checkout | undefined;
}

const GRACE_MS = 50;

/**
 * Drives a queue pool by single steps and checks after each what must always hold. The server accepts,
 * refuses and closes only when told to, time stands still between steps, and some steps follow the one
 * before without anything in between having been settled.
 */
export class QueuePoolModel {
  static readonly OPERATIONS = [
    'checkout',
    'release',
    'release in a transaction',
    'release while busy',
    'release with an error',
    'release twice',
    'accept',
    'refuse',
    'close',
    'terminate',
    'pass some time',
    'pass the deadline',
    'release at the deadline',
    'nothing to do',
  ] as const;

  readonly #under: ReturnType<typeof poolUnderTest>;
  readonly #pool: QueuePool;
  readonly #config: Partial<PoolConfig>;
  readonly #slots: number;
  readonly #poolSize: number;
  readonly #callers: Caller[] = [];
  readonly #released: Checkout[] = [];
  /** Connections given back in a state nobody else may get. */
  readonly #dirty = new Set<FakeConnection>();
  #ended = false;

  constructor(config: Pick<PoolConfig, 'poolSize' | 'maxOverflow'> & Partial<PoolConfig>) {
    this.#under = poolUnderTest(config);
    this.#under.database.habits.accepts = false;
    this.#under.database.habits.closes = false;
    assert(this.#under.pool instanceof QueuePool);
    this.#pool = this.#under.pool;
    this.#config = config;
    this.#poolSize = config.poolSize;
    this.#slots = connectionsMax(config);
  }

  async step(choice: number, target: number): Promise<string> {
    const operation = this.#perform(choice % 32, target);
    // Every eighth step the next one comes before this one's consequences.
    if (choice < 224) {
      await settled();
      this.#check();
    }
    return operation;
  }

  /** Everything still out is left to `end`, which must account for all of it. */
  async end(): Promise<void> {
    const { clock, database } = this.#under;
    this.#ended = true;
    let resolved = false;
    const ended = this.#pool.end(GRACE_MS).then(() => {
      resolved = true;
    });
    await settled();
    assert.equal(this.#pending.length, 0, 'end() answers every caller at once');
    assert.equal(this.#pool.snapshot().idle, 0, 'end() keeps nothing idle');
    clock.advance(GRACE_MS);
    await settled();
    clock.advance(1_000);
    await settled();
    assert.equal(database.live, 0, 'after end() nothing lives');
    assert(resolved, 'end() resolves within the grace and a second');
    await ended;
    for (const caller of this.#holders) caller.checkout?.release();
    await settled();
    this.#check();
    clock.advance(10_000);
    assert.equal(clock.timers, 0, 'no timer outlives the pool');
  }

  #perform(choice: number, target: number): (typeof QueuePoolModel.OPERATIONS)[number] {
    const { database, clock } = this.#under;
    if (choice < 10) {
      this.#checkOut();
      return 'checkout';
    }
    if (choice < 16) return this.#release(target, 'release');
    if (choice < 17) return this.#release(target, 'release in a transaction');
    if (choice < 18) return this.#release(target, 'release while busy');
    if (choice < 19) return this.#release(target, 'release with an error');
    if (choice < 20) return this.#releaseTwice(target);
    if (choice < 24) {
      const connection = pick(database.in('connecting'), target);
      connection?.accept();
      return connection === undefined ? 'nothing to do' : 'accept';
    }
    if (choice < 25) {
      const connection = pick(database.in('connecting'), target);
      connection?.refuse(postgresError('53300', 'sorry, too many clients already', 'FATAL'));
      return connection === undefined ? 'nothing to do' : 'refuse';
    }
    if (choice < 27) {
      const connection = pick(database.in('closing'), target);
      connection?.close();
      return connection === undefined ? 'nothing to do' : 'close';
    }
    if (choice < 28) {
      const connection = pick(database.in('open'), target);
      connection?.terminate();
      return connection === undefined ? 'nothing to do' : 'terminate';
    }
    if (choice < 30) {
      clock.advance(target * 10);
      return 'pass some time';
    }
    if (choice < 31) {
      clock.advance(100);
      return 'pass the deadline';
    }
    // Both orders: the answer at the deadline, or the deadline at the answer.
    const oldest = this.#pending[0];
    const leftMs = (oldest?.startedMs ?? 0) + (this.#config.poolTimeoutMs ?? 0) - clock.nowMs();
    if (oldest === undefined || leftMs < 0 || this.#holders.length === 0) return 'nothing to do';
    if (target % 2 === 0) {
      clock.advance(leftMs);
      this.#release(target, 'release');
    } else {
      this.#release(target, 'release');
      clock.advance(leftMs);
    }
    return 'release at the deadline';
  }

  get #pending(): Caller[] {
    return this.#callers.filter(({ answers }) => answers === 0);
  }

  get #holders(): Caller[] {
    return this.#callers.filter(({ checkout }) => checkout !== undefined);
  }

  #checkOut(): void {
    const { database, clock } = this.#under;
    const caller: Caller = {
      seq: this.#callers.length,
      startedMs: clock.nowMs(),
      answers: 0,
      checkout: undefined,
    };
    this.#callers.push(caller);
    this.#pool.checkout().then(
      (checkout) => {
        caller.answers += 1;
        this.#firstInLine(caller);
        const connection = database.of(checkout.client);
        const owners = this.#holders.filter((other) => other.checkout?.client === checkout.client);
        assert.equal(owners.length, 0, 'one owner per connection');
        assert(!this.#dirty.has(connection), 'a dirty connection is never handed out');
        assert.equal(connection.transaction, 'I', 'nobody inherits a transaction');
        assert.equal(connection.unanswered.length, 0, 'nobody inherits a query');
        caller.checkout = checkout;
      },
      (error: unknown) => {
        caller.answers += 1;
        assert(error instanceof DatabaseError, `expected a DatabaseError, not ${String(error)}`);
      },
    );
  }

  /** Nobody who came later is in anybody's way: all who still queue came after the one served. */
  #firstInLine(served: Caller): void {
    const queued = this.#pending.slice(-this.#pool.queued);
    if (this.#pool.queued === 0) return;
    for (const caller of queued) assert(caller.seq > served.seq, 'first come, first served');
  }

  #release<Operation extends string>(
    target: number,
    operation: Operation,
  ): Operation | 'nothing to do' {
    const caller = pick(this.#holders, target);
    if (caller?.checkout === undefined) return 'nothing to do';
    const { checkout } = caller;
    const connection = this.#under.database.of(checkout.client);
    caller.checkout = undefined;
    if (operation === 'release in a transaction' && connection.state === 'open') {
      connection.transaction = 'T';
      connection.ready();
      if (this.#config.resetOnReturn !== true) this.#dirty.add(connection);
    } else if (operation === 'release while busy') {
      this.#under.database.habits.answers = false;
      checkout.client.query('SELECT 1').catch(() => undefined);
      this.#under.database.habits.answers = true;
      this.#dirty.add(connection);
    } else if (operation === 'release with an error') {
      this.#dirty.add(connection);
    }
    if (connection.state !== 'open') this.#dirty.add(connection);
    checkout.release(operation === 'release with an error' ? new Error('handler') : undefined);
    this.#released.push(checkout);
    return operation;
  }

  #releaseTwice(target: number): 'release twice' | 'nothing to do' {
    const checkout = pick(this.#released, target);
    if (checkout === undefined) return 'nothing to do';
    const before = this.#pool.snapshot();
    assert.throws(() => checkout.release(), /released twice/);
    assert.deepEqual(this.#pool.snapshot(), before, 'a second release changes nothing');
    return 'release twice';
  }

  #check(): void {
    const { database, clock } = this.#under;
    const snapshot = this.#pool.snapshot();
    const { held, idle, connecting, closing, overflow } = snapshot;
    const occupied = held + idle + connecting + closing;
    assert(database.live <= this.#slots, `${database.live} sockets in ${this.#slots} slots`);
    assert(occupied <= this.#slots, 'never more than size and overflow');
    assert(database.live <= occupied, 'every socket has a slot');
    if (this.#poolSize > 0) assert(idle <= this.#poolSize, 'never more idle than the size');
    assert.equal(overflow, this.#poolSize === 0 ? 0 : occupied - this.#poolSize);
    if (this.#pool.queued > 0) {
      assert.equal(idle, 0, 'nobody waits beside an idle connection');
      assert(occupied >= this.#slots, 'nobody waits beside a free slot');
    }
    if (this.#config.maxWaiting != null) assert(this.#pool.queued <= this.#config.maxWaiting);
    this.#checkCallers();
    assert.equal(connecting, database.in('connecting').length);
    assert.equal(snapshot.opened, database.accepted);
    assert.equal(snapshot.opened - snapshot.closed, this.#liveSessions(), 'opened − closed');
    assert.equal(
      snapshot.acquireStarted,
      snapshot.acquireOk + snapshot.acquireTimeout + snapshot.acquireError + snapshot.waiting,
    );
    assert.equal(snapshot.waiting, this.#pending.length);
    for (const connection of this.#dirty) {
      assert(connection.state !== 'open', 'a dirty client is never idle');
    }
    assert(clock.timers <= this.#pending.length + occupied + 2, 'every timer has its reason');
  }

  #checkCallers(): void {
    const { clock } = this.#under;
    const timeoutMs = this.#config.poolTimeoutMs ?? 0;
    for (const caller of this.#callers) {
      assert(caller.answers <= 1, 'every caller is answered once');
      const overdue = timeoutMs > 0 && clock.nowMs() >= caller.startedMs + timeoutMs;
      if (overdue || this.#ended) assert.equal(caller.answers, 1, 'answered by the deadline');
    }
  }

  /** Accepted once, and the socket still there. */
  #liveSessions(): number {
    return this.#under.database.in('open', 'closing').filter(({ id }) => id > 0).length;
  }
}

function pick<Item>(items: readonly Item[], target: number): Item | undefined {
  return items[target % Math.max(1, items.length)];
}
