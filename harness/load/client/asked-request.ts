import type { RequestTemplate } from '../../plan/request-mix.ts';
import type { AnswerRules } from './answer-rules.ts';

/** One request as it goes over the wire, but for what its connection decides. */
export interface AskedContent {
  /** Which template of the mix it is made from, by its index. */
  readonly template: number;
  readonly method: RequestTemplate['method'];
  /** As the Host header has it; `null`: that of its connection. */
  readonly host: string | null;
  /** With query string; of ASCII. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  readonly rules: AnswerRules;
}

/** Methods whose requests have a length even where it is none. */
const WITH_A_BODY: readonly AskedContent['method'][] = ['POST', 'PUT', 'PATCH'];

/** A request with its bytes, which are made once for each host. */
export class AskedRequest {
  readonly content: AskedContent;
  #host = '';
  #bytes: Buffer | null = null;

  constructor(content: AskedContent) {
    this.content = content;
  }

  /**
   * Head and body.
   *
   * @param host of the connection
   */
  bytes(host: string): Buffer {
    if (this.#bytes === null || this.#host !== host) {
      this.#bytes = bytesOf(this.content, host);
      this.#host = host;
    }
    return this.#bytes;
  }
}

function bytesOf(content: AskedContent, host: string): Buffer {
  const { method, path, headers, body } = content;
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${content.host ?? host}\r\nConnection: keep-alive\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2)
    head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  if (body !== null || WITH_A_BODY.includes(method)) {
    head += `Content-Length: ${body?.length ?? 0}\r\n`;
  }
  const bytes = Buffer.from(`${head}\r\n`, 'latin1');
  return body === null ? bytes : Buffer.concat([bytes, body]);
}
