import type { Answer } from './answer.ts';
import type { Ledger } from './load-engine.ts';

/** Distinct errno codes are few; a bound keeps a strange platform from growing the result. */
const CONNECTION_ERROR_CODES_MAX = 50;

/**
 * The ledger's laws that do not hold, each with both of its sides; none for a sound ledger.
 * A request that is missing here was lost by the lab, not by the system under test.
 */
export function checkLedger(ledger: Ledger): readonly string[] {
  const broken: string[] = [];
  const ended = endedRequests(ledger);
  if (ended !== ledger.scheduled) {
    broken.push(
      `scheduled ${ledger.scheduled} = ok ${ledger.ok} + http errors ${sum(ledger.httpErrors)} + ` +
        `connection errors ${sum(ledger.connectionErrors)} + timeouts ${ledger.timeouts} + ` +
        `dropped ${ledger.dropped} + lost ${ledger.lost} + unanswered ${ledger.unanswered}, ` +
        `which is ${ended}`,
    );
  }
  const refusals = ledger.httpErrors['too_many_connections'] ?? 0;
  if (sum(ledger.refusalReasons) !== refusals) {
    broken.push(
      `refusals by reason ${sum(ledger.refusalReasons)} = too_many_connections ${refusals}`,
    );
  }
  for (const [name, count] of namedCounts(ledger)) {
    if (!Number.isSafeInteger(count) || count < 0) broken.push(`${name} ${count} is a count`);
  }
  return broken;
}

/** Requests that got an answer of any status. */
export function answeredRequests(ledger: Ledger): number {
  return ledger.ok + sum(ledger.httpErrors);
}

/** Requests whose end is known: all of them, once a run is over. */
export function endedRequests(ledger: Ledger): number {
  return (
    answeredRequests(ledger) +
    sum(ledger.connectionErrors) +
    ledger.timeouts +
    ledger.dropped +
    ledger.lost +
    ledger.unanswered
  );
}

/** The ledger while it is being written. Each scheduled request must be closed exactly once. */
export class LedgerAccount {
  #scheduled = 0;
  #ok = 0;
  #timeouts = 0;
  #dropped = 0;
  #lost = 0;
  #unanswered = 0;
  readonly #httpErrors: Record<string, number> = {};
  readonly #refusalReasons: Record<string, number> = {};
  readonly #connectionErrors: Record<string, number> = {};

  schedule(): void {
    this.#scheduled += 1;
  }

  answered(answer: Answer): void {
    if (answer.errorClass === null) {
      this.#ok += 1;
      return;
    }
    increment(this.#httpErrors, answer.errorClass);
    if (answer.refusalReason !== null) increment(this.#refusalReasons, answer.refusalReason);
  }

  connectionFailed(code: string): void {
    const known = Object.hasOwn(this.#connectionErrors, code);
    const full = Object.keys(this.#connectionErrors).length >= CONNECTION_ERROR_CODES_MAX;
    increment(this.#connectionErrors, known || !full ? code : 'OTHER');
  }

  timedOut(): void {
    this.#timeouts += 1;
  }

  dropped(): void {
    this.#dropped += 1;
  }

  lost(): void {
    this.#lost += 1;
  }

  unanswered(): void {
    this.#unanswered += 1;
  }

  snapshot(): Ledger {
    return {
      scheduled: this.#scheduled,
      ok: this.#ok,
      httpErrors: { ...this.#httpErrors },
      refusalReasons: { ...this.#refusalReasons },
      connectionErrors: { ...this.#connectionErrors },
      timeouts: this.#timeouts,
      dropped: this.#dropped,
      lost: this.#lost,
      unanswered: this.#unanswered,
    };
  }
}

function namedCounts(ledger: Ledger): readonly (readonly [string, number])[] {
  const { httpErrors, refusalReasons, connectionErrors, ...single } = ledger;
  return [httpErrors, refusalReasons, connectionErrors, single].flatMap((counts) =>
    Object.entries<number>(counts),
  );
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
