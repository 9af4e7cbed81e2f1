import type { Answer } from '../account/answer.ts';
import type { AskedRequest } from '../client/asked-request.ts';

/** The connection of one caller in the closed loop: one request at a time. */
export interface CallerConnection {
  /** Opened after the first one, but for moves. */
  readonly reconnects: number;
  /** It carries a request to an origin that it was moved from. */
  readonly isLeaving: boolean;
  /** Sends the request, as soon as there is a connection to send it on. */
  request(asked: AskedRequest): void;
  /** The next socket goes to this origin; one that carries a request is closed when that has ended. */
  moveTo(origin: string): void;
  /** Gives the request up, and with it its connection: a late answer must not reach the next one. */
  drop(): void;
  /** Ends for good, without another word. */
  destroy(): void;
}

export interface ConnectionOwner {
  /** The first connect succeeded or failed. */
  onFirstConnect(): void;
  /** The request was answered, at this moment. `onFree` follows. */
  onAnswer(answer: Answer): void;
  /** The next request may be asked for. */
  onFree(): void;
  /** The request will have no answer; the next one may be asked for. */
  onBroken(failure: {
    /** The request was on the wire; otherwise there was no connection. */
    readonly sent: boolean;
    /** The errno code of the last connection error. */
    readonly code: string;
    /** The connection gave not a single answer. */
    readonly useless: boolean;
  }): void;
}
