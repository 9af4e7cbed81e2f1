import { request as httpRequest, type IncomingMessage } from 'node:http';
import { originAddress } from '../load/client/origin-address.ts';
import { prepareTemplate } from '../load/client/request-template.ts';
import type { RequestMix, RequestTemplate } from '../plan/request-mix.ts';
import { systemErrorCode } from '../system-error.ts';

/** What one request of a mix came to before there was any load. */
export interface FirstAnswer {
  readonly template: RequestTemplate;
  readonly got: Got;
}

export type Got =
  | {
      readonly kind: 'status';
      readonly status: number;
      /** By the request's own `expect`. */
      readonly isRight: boolean;
      /** Of a redirect, as it was sent; nobody follows it. */
      readonly location: string | null;
    }
  /** Nobody listens, the host is not reached, or something that is no HTTP is said. */
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'silent'; readonly waitedMs: number };

/** No load is there yet, but a cache or a JVM may have to warm up. */
const ANSWER_DEADLINE_MS = 10_000;
const REDIRECTS = { from: 300, to: 399 } as const;

/**
 * Asks each request of a mix once, one after the other, each on a connection of its own. Redirects are not followed,
 * and of a body nothing is read: it may have no end.
 *
 * @throws the signal's reason
 */
export async function askEachOnce(
  origin: string,
  { templates, rows }: Pick<RequestMix, 'templates' | 'rows'>,
  {
    signal,
    deadlineMs = ANSWER_DEADLINE_MS,
    host = null,
  }: {
    readonly signal: AbortSignal;
    /** Of each answer. @default 10,000 */
    readonly deadlineMs?: number;
    /** What the Host header says. @default the origin's own */
    readonly host?: string | null;
  },
): Promise<readonly FirstAnswer[]> {
  const answers: FirstAnswer[] = [];
  for (const [index, template] of templates.entries()) {
    signal.throwIfAborted();
    const { content } = prepareTemplate(template, index, host).request(rows?.[0] ?? null);
    const got = await ask({ origin, content, signal, deadlineMs });
    signal.throwIfAborted();
    answers.push({ template, got });
  }
  return answers;
}

type Content = ReturnType<ReturnType<typeof prepareTemplate>['request']>['content'];

function ask({
  origin,
  content,
  signal,
  deadlineMs,
}: {
  readonly origin: string;
  readonly content: Content;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}): Promise<Got> {
  const { host, hostname, port } = originAddress(origin);
  return new Promise((resolve) => {
    const { method, path, headers, body, rules } = content;
    const request = httpRequest({
      host: hostname,
      port,
      method,
      path,
      agent: false,
      headers: [
        ...['Host', content.host ?? host, 'Connection', 'close'],
        ...headers,
        ...(body === null ? [] : ['Content-Length', String(body.length)]),
      ],
    });
    const timer = setTimeout(() => settle({ kind: 'silent', waitedMs: deadlineMs }), deadlineMs);
    const stop = (): void => settle({ kind: 'failed', code: 'ABORT_ERR' });
    const settle = (got: Got): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      request.destroy();
      resolve(got);
    };
    signal.addEventListener('abort', stop, { once: true });
    request.once('response', ({ statusCode = 0, headers: answered }: IncomingMessage) => {
      const isRedirect = statusCode >= REDIRECTS.from && statusCode <= REDIRECTS.to;
      settle({
        kind: 'status',
        status: statusCode,
        isRight: rules.isRight(statusCode),
        location: isRedirect ? (answered.location ?? null) : null,
      });
    });
    // A socket that is destroyed above may say so once more.
    request.on('error', (error) => {
      settle({ kind: 'failed', code: systemErrorCode(error) ?? 'unknown' });
    });
    request.end(body ?? undefined);
  });
}
