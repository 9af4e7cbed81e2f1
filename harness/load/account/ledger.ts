import type { Endings, Ledger } from '../load-engine.ts';
import type { Answer } from './answer.ts';

/** Distinct errno codes are few; a bound keeps a strange platform from growing the result. */
const CONNECTION_ERROR_CODES_MAX = 50;

/**
 * The ledger's laws that do not hold, each with both of its sides; none for a sound ledger.
 * A request that is missing here was lost by the lab, not by the system under test.
 */
export function checkLedger(ledger: Ledger): readonly string[] {
  const { attempts } = ledger;
  const broken: string[] = [];
  const ended = endedRequests(ledger);
  if (ended !== ledger.scheduled) {
    broken.push(
      `scheduled ${ledger.scheduled} = ${endingsText(ledger)} + dropped ${ledger.dropped}, ` +
        `which is ${ended}`,
    );
  }
  if (sumOfEndings(attempts) !== attempts.started) {
    broken.push(
      `attempts ${attempts.started} = ${endingsText(attempts)}, which is ${sumOfEndings(attempts)}`,
    );
  }
  if (attempts.ok !== ledger.ok) {
    broken.push(`right answers to attempts ${attempts.ok} = to users ${ledger.ok}`);
  }
  for (const [what, users, made] of [
    ['http errors', sum(ledger.httpErrors), sum(attempts.httpErrors)],
    ['connection errors', sum(ledger.connectionErrors), sum(attempts.connectionErrors)],
    ['lost', ledger.lost, attempts.lost],
  ] as const) {
    // Each of them happened to an attempt; only a timeout can meet a user who waits for one.
    if (users > made) broken.push(`${what} of users ${users} ≤ of attempts ${made}`);
  }
  for (const [whose, endings] of [
    ['', ledger],
    [' of attempts', attempts],
  ] as const) {
    const refusals = endings.httpErrors['too_many_connections'] ?? 0;
    if (sum(endings.refusalReasons) !== refusals) {
      broken.push(
        `refusals${whose} by reason ${sum(endings.refusalReasons)} = too_many_connections ${refusals}`,
      );
    }
  }
  for (const [name, count] of namedCounts(ledger)) {
    if (!Number.isSafeInteger(count) || count < 0) broken.push(`${name} ${count} is a count`);
  }
  return broken;
}

/** Requests that got an answer of any status. */
export function answeredRequests(endings: Endings): number {
  return endings.ok + sum(endings.httpErrors);
}

/** Requests whose end is known: all of them, once a run is over. */
export function endedRequests(ledger: Ledger): number {
  return sumOfEndings(ledger) + ledger.dropped;
}

function sumOfEndings(endings: Endings): number {
  return (
    answeredRequests(endings) +
    sum(endings.connectionErrors) +
    endings.timeouts +
    endings.lost +
    endings.unanswered
  );
}

function endingsText(endings: Endings): string {
  return (
    `ok ${endings.ok} + http errors ${sum(endings.httpErrors)} + ` +
    `connection errors ${sum(endings.connectionErrors)} + timeouts ${endings.timeouts} + ` +
    `lost ${endings.lost} + unanswered ${endings.unanswered}`
  );
}

/** How one request, or one attempt, ended. */
export type Ending =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** There was no connection to send it on. */
  | { readonly kind: 'not_connected'; readonly code: string }
  /** It was sent, then its connection broke. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'timed_out' }
  /** The run is over and it has no answer yet. */
  | { readonly kind: 'unanswered' };

/** The ledger while it is being written. Each request and each attempt must be closed exactly once. */
export class LedgerAccount {
  readonly #users = new EndingsAccount();
  readonly #attempts = new EndingsAccount();
  #scheduled = 0;
  #dropped = 0;
  #started = 0;

  schedule(): void {
    this.#scheduled += 1;
  }

  drop(): void {
    this.#dropped += 1;
  }

  end(ending: Ending): void {
    this.#users.add(ending);
  }

  startAttempt(): void {
    this.#started += 1;
  }

  endAttempt(ending: Ending): void {
    this.#attempts.add(ending);
  }

  snapshot(): Ledger {
    return {
      scheduled: this.#scheduled,
      dropped: this.#dropped,
      ...this.#users.snapshot(),
      attempts: { started: this.#started, ...this.#attempts.snapshot() },
    };
  }
}

class EndingsAccount {
  readonly #httpErrors: Record<string, number> = {};
  readonly #refusalReasons: Record<string, number> = {};
  readonly #connectionErrors: Record<string, number> = {};
  #ok = 0;
  #timeouts = 0;
  #lost = 0;
  #unanswered = 0;

  add(ending: Ending): void {
    switch (ending.kind) {
      case 'answered':
        this.#answered(ending.answer);
        break;
      case 'not_connected':
        this.#notConnected(ending.code);
        break;
      case 'lost':
        this.#lost += 1;
        break;
      case 'timed_out':
        this.#timeouts += 1;
        break;
      case 'unanswered':
        this.#unanswered += 1;
        break;
    }
  }

  snapshot(): Endings {
    return {
      ok: this.#ok,
      httpErrors: { ...this.#httpErrors },
      refusalReasons: { ...this.#refusalReasons },
      connectionErrors: { ...this.#connectionErrors },
      timeouts: this.#timeouts,
      lost: this.#lost,
      unanswered: this.#unanswered,
    };
  }

  #answered({ errorClass, refusalReason }: Answer): void {
    if (errorClass === null) {
      this.#ok += 1;
      return;
    }
    increment(this.#httpErrors, errorClass);
    if (refusalReason !== null) increment(this.#refusalReasons, refusalReason);
  }

  #notConnected(code: string): void {
    const known = Object.hasOwn(this.#connectionErrors, code);
    const full = Object.keys(this.#connectionErrors).length >= CONNECTION_ERROR_CODES_MAX;
    increment(this.#connectionErrors, known || !full ? code : 'OTHER');
  }
}

function namedCounts(ledger: Ledger): readonly (readonly [string, number])[] {
  const { attempts, ...users } = ledger;
  return [users, attempts].flatMap(({ httpErrors, refusalReasons, connectionErrors, ...single }) =>
    [httpErrors, refusalReasons, connectionErrors, single].flatMap((counts) =>
      Object.entries<number>(counts),
    ),
  );
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
