import type { Answer } from '../account/answer.ts';
import type { AskedRequest } from '../client/asked-request.ts';

/** What happens on one connection, in this order; nothing after `onGone` or a `destroy()`. */
export interface WireEvents {
  onOpen(): void;
  /** The request is being written to the socket. */
  onSent(): void;
  /** The answer is complete, its body included. */
  onAnswer(answer: Answer): void;
  /** The connection can carry the next request. */
  onReusable(): void;
  /**
   * It could not be opened, broke, or was ended by the server. What it carried gets no answer.
   *
   * @param code errno code, e.g. `ECONNREFUSED`
   */
  onGone(code: string): void;
}

/** One connection of the generator: one request at a time, opened without sending any. */
export interface Wire {
  /** Only on an open connection that carries nothing. */
  send(asked: AskedRequest): void;
  /** Ends it at once, whatever it carries; resolves when the socket is closed. */
  destroy(): Promise<void>;
}

export type OpenWire = (origin: string, events: WireEvents) => Wire;
