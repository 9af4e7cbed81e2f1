import type { Answer } from '../account/answer.ts';
import type { AskedRequest } from '../client/asked-request.ts';
import type { CallerConnection, ConnectionOwner } from '../closed/caller-connection.ts';

/** A caller's connection on which the test decides what becomes of each request. */
export class ScriptedConnection implements CallerConnection {
  readonly reconnects = 0;
  readonly isLeaving = false;
  readonly #owner: ConnectionOwner;
  /** When each request was asked for, in ms of the test's clock. */
  readonly requestedAtMs: number[] = [];
  /** What each of them asked for. */
  readonly asked: AskedRequest[] = [];
  pending = false;
  drops = 0;
  destroyed = false;

  constructor(owner: ConnectionOwner) {
    this.#owner = owner;
  }

  request(asked: AskedRequest): void {
    if (this.pending || this.destroyed) throw new Error('a request that must not be');
    this.pending = true;
    this.requestedAtMs.push(Date.now());
    this.asked.push(asked);
  }

  moveTo(): void {
    throw new Error('no test moves it');
  }

  drop(): void {
    this.pending = false;
    this.drops += 1;
  }

  destroy(): void {
    this.destroyed = true;
  }

  answer(answer: Answer): void {
    this.#take();
    this.#owner.onAnswer(answer);
    this.#owner.onFree();
  }

  breakOff(failure: { readonly sent: boolean; readonly useless?: boolean }): void {
    this.#take();
    this.#owner.onBroken({ code: 'ECONNREFUSED', useless: false, ...failure });
  }

  #take(): void {
    if (!this.pending) throw new Error('there is no request');
    this.pending = false;
  }
}
