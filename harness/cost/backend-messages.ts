/** One message of PostgreSQL's protocol 3.0, as the server sends it. */
export interface BackendMessage {
  /** One letter, e.g. `R` for anything about authentication. */
  readonly type: string;
  readonly body: Buffer;
}

/** Type and length, before the body. The length counts itself and the body. */
const HEADER_BYTES = 5;
const LENGTH_BYTES = 4;
/** What is asked here is answered in a few hundred bytes: more is no PostgreSQL. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

/** Puts messages together from the pieces they come in. */
export class BackendMessages {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * The messages that this piece completes, in order.
   *
   * @throws Error when what comes cannot be a message
   */
  push(piece: Buffer): readonly BackendMessage[] {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const messages: BackendMessage[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(at + 1);
      if (length < LENGTH_BYTES || length > MESSAGE_BYTES_MAX) {
        throw new Error(`a message of ${length} bytes: this is not PostgreSQL's protocol`);
      }
      const end = at + 1 + length;
      if (bytes.length < end) break;
      messages.push({
        type: String.fromCharCode(bytes.readUInt8(at)),
        body: bytes.subarray(at + HEADER_BYTES, end),
      });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return messages;
  }
}

/** SQLSTATE and text of an ErrorResponse: fields of one letter and a text, each ended by a zero byte. */
export function errorFields(body: Buffer): { readonly code: string; readonly message: string } {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .filter((field) => field !== '')
      .map((field) => [field.charAt(0), field.slice(1)] as const),
  );
  return { code: fields.get('C') ?? 'unknown', message: fields.get('M') ?? 'no message' };
}
