/** What a client says in PostgreSQL's protocol 3.0, as bytes. */

/** 1234.5679, which is no version: may we speak TLS? */
const SSL_REQUEST_CODE = 80_877_103;
/** 3.0 */
const PROTOCOL_VERSION = 196_608;

export function sslRequest(): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(8, 0);
  bytes.writeUInt32BE(SSL_REQUEST_CODE, 4);
  return bytes;
}

export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters)
    .flat()
    .map((part) => `${part}\0`)
    .join('');
  const body = Buffer.concat([Buffer.alloc(4), Buffer.from(`${text}\0`)]);
  body.writeUInt32BE(PROTOCOL_VERSION, 0);
  return Buffer.concat([lengthOf(body), body]);
}

/** A password in whatever form was asked for; in SASL, the client's last word. */
export function passwordMessage(body: Buffer): Buffer {
  return typed('p', body);
}

export function cleartextPassword(password: string): Buffer {
  return passwordMessage(Buffer.from(`${password}\0`));
}

export function saslInitialResponse(mechanism: string, clientFirst: string): Buffer {
  const response = Buffer.from(clientFirst);
  return passwordMessage(
    Buffer.concat([Buffer.from(`${mechanism}\0`), wordOf(response.length), response]),
  );
}

/** The simple protocol: parse, plan, run and answer in one round trip. */
export function query(sql: string): Buffer {
  return typed('Q', Buffer.from(`${sql}\0`));
}

export function terminate(): Buffer {
  return typed('X', Buffer.alloc(0));
}

function typed(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), lengthOf(body), body]);
}

/** The length counts itself. */
function lengthOf(body: Buffer): Buffer {
  return wordOf(body.length + 4);
}

function wordOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
