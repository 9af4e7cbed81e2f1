/** What a rotation has to know of a connection. */
export interface Rotating {
  /** Id of the worker behind it; `null` until its first answer tells. */
  readonly worker: string | null;
}

/** A worker that had several turns in a row through unknown connections does not lose more than these. */
const DEBT_MAX = 4;
/** Worker ids come from the target; strange ones must not grow the rotation without end. */
const GROUPS_MAX = 1_000;

interface Group<Connection> {
  readonly worker: string | null;
  /** The one that was idle longest first. */
  readonly idle: Connection[];
  /** Turns it had already, through connections of which nobody knew that they were its own. */
  debt: number;
}

/**
 * The idle connections, and which is used next: in turn over the workers behind them, then over the
 * connections of that worker. Never simply the first free one, which at a low rate would be the same one
 * all the time, and with it one worker.
 *
 * Which worker is behind a connection is known after its first answer. New ones are tried first, until
 * many in a row showed no new worker; the others follow as if they were one more worker, and what they
 * turn out to be is taken off that worker's turns. So it matters little how evenly the connections were
 * dealt out to the workers.
 */
export class ConnectionRotation<Connection extends Rotating> {
  readonly #unknown: Group<Connection> = { worker: null, idle: [], debt: 0 };
  readonly #groups: Group<Connection>[] = [this.#unknown];
  #turn = 0;
  #triedInVain = 0;

  /** A connection is idle from now on, with a worker that is known or not. */
  add(connection: Connection): void {
    this.#groupOf(connection.worker).idle.push(connection);
  }

  /** It broke while it was idle. */
  remove(connection: Connection): void {
    const { idle } = this.#groupOf(connection.worker);
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
  }

  /** The next one to use, which is idle no more; `undefined` where none is. */
  take(): Connection | undefined {
    if (this.#isExploring && this.#unknown.idle.length > 0) return this.#unknown.idle.shift();
    // Two rounds: the first one may consist of turns that were had already.
    for (let tried = 0; tried < 2 * this.#groups.length; tried += 1) {
      const group = this.#groups[this.#turn % this.#groups.length];
      this.#turn += 1;
      if (group === undefined || group.idle.length === 0) continue;
      if (group.debt > 0 && tried < this.#groups.length) group.debt -= 1;
      else return group.idle.shift();
    }
    return undefined;
  }

  /** The first answer of a connection told its worker. */
  learned(worker: string): void {
    const known = this.#groups.some((group) => group.worker === worker);
    const group = this.#groupOf(worker);
    if (!known) {
      this.#triedInVain = 0;
      return;
    }
    if (this.#isExploring) this.#triedInVain += 1;
    else group.debt = Math.min(group.debt + 1, DEBT_MAX);
  }

  get #isExploring(): boolean {
    return this.#triedInVain < 2 * this.#groups.length;
  }

  #groupOf(worker: string | null): Group<Connection> {
    const known = this.#groups.find((group) => group.worker === worker);
    if (known !== undefined) return known;
    if (this.#groups.length >= GROUPS_MAX) return this.#unknown;
    const group: Group<Connection> = { worker, idle: [], debt: 0 };
    this.#groups.push(group);
    return group;
  }
}
