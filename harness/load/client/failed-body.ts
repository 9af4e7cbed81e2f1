/** Errors say what they are in their first lines; a stack trace or a page goes on for long. */
const BYTES_MAX = 4_096;

/** The beginning of a failed answer's body; of right answers nothing is kept. */
export class FailedBody {
  #text = '';

  add(chunk: Uint8Array): void {
    const room = BYTES_MAX - this.#text.length;
    // Byte by byte, so that a chunk may end anywhere; the sentences looked for are of ASCII.
    if (room > 0) this.#text += Buffer.from(chunk.subarray(0, room)).toString('latin1');
  }

  get text(): string {
    return this.#text;
  }
}
