import type { DatabaseFaultKind } from '../plan/database-fault.ts';
import type { FaultTally } from './fault-tally.ts';

/** A connection, as far as a fault can do something to it. */
export interface Disturbed {
  /** Nothing gets through it any more: it was silenced. */
  readonly isSilent: boolean;
  /** Ends it by a reset at both ends, with what is under way. */
  break(tally: FaultTally): void;
  /** Loses from now on whatever either end sends, its end included, and keeps both ends open. */
  silence(tally: FaultTally): void;
}

/** What becomes of a connection that is just made. */
export type Reception = 'carried' | 'refused' | 'silent';

/**
 * What is wrong with the network at this moment. Faults may overlap: whatever holds things back goes on
 * until the last of its kind is over, and silence is deeper than a refusal or a reset, which do not get
 * through it.
 */
export class Disturbances {
  readonly #open = new Set<Disturbed>();
  readonly #active: Record<DatabaseFaultKind, Set<FaultTally>> = {
    reset: new Set(),
    refuse: new Set(),
    stall: new Set(),
    blackhole: new Set(),
  };
  readonly #held: (() => void)[] = [];

  start(kind: DatabaseFaultKind, tally: FaultTally): void {
    this.#active[kind].add(tally);
    const reached = [...this.#open].filter(({ isSilent }) => !isSilent);
    switch (kind) {
      case 'reset':
        tally.connections += reached.length;
        for (const connection of reached) connection.break(tally);
        break;
      case 'blackhole':
        tally.connections += reached.length;
        for (const connection of reached) connection.silence(tally);
        break;
      case 'stall':
        tally.connections += reached.length;
        break;
      case 'refuse':
        // Those that are made already are none of its business.
        break;
    }
  }

  end(kind: DatabaseFaultKind, tally: FaultTally): void {
    this.#active[kind].delete(tally);
    if (this.#active.stall.size > 0) return;
    // In the order in which it would have arrived.
    for (const deliver of this.#held.splice(0)) deliver();
  }

  /** A connection was made, and is told of by `closed` when it is gone. */
  opened(connection: Disturbed): Reception {
    const [blackhole] = this.#active.blackhole;
    const [refusal] = this.#active.refuse;
    for (const stall of this.#active.stall) stall.connections += 1;
    if (blackhole !== undefined) {
      blackhole.connections += 1;
      this.#open.add(connection);
      connection.silence(blackhole);
      return 'silent';
    }
    if (refusal !== undefined) {
      refusal.connections += 1;
      return 'refused';
    }
    this.#open.add(connection);
    return 'carried';
  }

  closed(connection: Disturbed): void {
    this.#open.delete(connection);
  }

  /** Something is there, now or when nothing holds it back any more. */
  deliver(bytes: number, then: () => void): void {
    const [stall] = this.#active.stall;
    if (stall === undefined) {
      then();
      return;
    }
    stall.bytesHeld += bytes;
    this.#held.push(then);
  }
}
