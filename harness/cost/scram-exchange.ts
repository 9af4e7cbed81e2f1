import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

export const SCRAM_MECHANISM = 'SCRAM-SHA-256';
/** No channel binding, and the role is named in the startup message. */
const GS2_HEADER = 'n,,';
/** RFC 5802 bounds nothing, and whoever answers must not keep this process busy for a minute. */
const ITERATIONS_MAX = 1_000_000;
const HASH_BYTES = 32;

/**
 * The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) of one connection: two round trips, and the one
 * expensive step, the stretching of the password, on this side alone: PostgreSQL has its result stored.
 *
 * @param options.clientNonce @default 18 random bytes, as libpq has them
 * @param options.user @default none: PostgreSQL knows it from the startup message, and reads no other
 */
export class ScramExchange {
  readonly #password: string;
  readonly #clientNonce: string;
  readonly #user: string;
  #serverSignature: Buffer | null = null;

  constructor(
    password: string,
    {
      clientNonce = randomBytes(18).toString('base64'),
      user = '',
    }: { readonly clientNonce?: string; readonly user?: string } = {},
  ) {
    this.#password = password.normalize('NFKC');
    this.#clientNonce = clientNonce;
    this.#user = user;
  }

  /** What the client begins with. */
  first(): string {
    return `${GS2_HEADER}${this.#firstBare()}`;
  }

  /**
   * The client's proof that it knows the password.
   *
   * @throws Error when the server's challenge is none
   */
  final(serverFirst: string): string {
    const fields = fieldsOf(serverFirst);
    const [nonce, salt] = [fields.get('r') ?? '', fields.get('s') ?? ''];
    const iterations = Number(fields.get('i'));
    if (!nonce.startsWith(this.#clientNonce) || nonce === this.#clientNonce || salt === '') {
      throw new Error("the server's SCRAM challenge does not continue what the client began");
    }
    if (!Number.isInteger(iterations) || iterations < 1 || iterations > ITERATIONS_MAX) {
      throw new Error(`the server's SCRAM challenge asks for ${fields.get('i')} iterations`);
    }
    const withoutProof = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${nonce}`;
    const authMessage = `${this.#firstBare()},${serverFirst},${withoutProof}`;
    const salted = pbkdf2Sync(
      this.#password,
      Buffer.from(salt, 'base64'),
      iterations,
      HASH_BYTES,
      'sha256',
    );
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), authMessage);
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /** @throws Error unless the server has shown that it knows the password as well */
  verify(serverFinal: string): void {
    const shown = Buffer.from(fieldsOf(serverFinal).get('v') ?? '', 'base64');
    const expected = this.#serverSignature;
    if (
      expected === null ||
      shown.length !== expected.length ||
      !timingSafeEqual(shown, expected)
    ) {
      throw new Error('the server does not know the password: this is not the server it should be');
    }
  }

  #firstBare(): string {
    return `n=${this.#user},r=${this.#clientNonce}`;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `r=…,s=…,i=…`; values may hold further equals signs. */
function fieldsOf(message: string): ReadonlyMap<string, string> {
  return new Map(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)] as const));
}
