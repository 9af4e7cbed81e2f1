import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ADMIN_PATHS, type ServerDescription, type ServerStats } from './contract.ts';
import { METRICS_CONTENT_TYPE } from './metrics/registry.ts';

/** A scrape waits this long for fresh numbers; for a worker that is blocked, only the first one does. */
const METRICS_DEADLINE_MS = 50;
/** `stats` is for whoever needs the numbers of now, at a trial's end; a stopped worker costs this. */
const STATS_DEADLINE_MS = 1_000;

export interface AdminSource {
  isReady(): boolean;
  /** Waits for new numbers of all workers, at most so long. */
  refresh(deadlineMs: number): Promise<void>;
  /** Waits for those of workers that may be expected to answer. */
  refreshResponsive(deadlineMs: number): Promise<void>;
  stats(): ServerStats;
  metrics(): Promise<string>;
  description(): ServerDescription;
}

export interface Admin {
  readonly url: string;
  close(): Promise<void>;
}

/** The primary's own port, which answers whatever state the workers are in. Rejects when taken. */
export async function startAdmin(options: {
  readonly host: string;
  readonly port: number;
  /** Authorities it is asked by besides its own address and `localhost`. */
  readonly allowedHosts: readonly string[];
  readonly source: AdminSource;
}): Promise<Admin> {
  const server = createServer();
  const port = await listen(server, options);
  const authority = `${reachable(options.host)}:${port}`;
  const hosts: ReadonlySet<string> = new Set([
    authority,
    `localhost:${port}`,
    ...options.allowedHosts,
  ]);
  const source = { ...options.source, scrape: oneAtATime(() => scrape(options.source)) };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer({ request, hosts, source })
      .catch((error: unknown) => text(500, error instanceof Error ? error.message : String(error)))
      .then(({ status, contentType, body }) => {
        response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
        response.end(request.method === 'HEAD' ? undefined : body);
      });
  });
  return {
    url: `http://${authority}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

async function answer({
  request,
  hosts,
  source,
}: {
  readonly request: IncomingMessage;
  readonly hosts: ReadonlySet<string>;
  readonly source: AdminSource & { readonly scrape: () => Promise<string> };
}): Promise<Answer> {
  const refusal = refuse(request, hosts);
  if (refusal !== null) return refusal;
  // Only the path counts: a scraper may add parameters of its own.
  switch (request.url?.split('?', 1)[0]) {
    case ADMIN_PATHS.health:
      return text(200, 'ok\n');
    case ADMIN_PATHS.ready:
      return source.isReady() ? text(200, 'ready\n') : text(503, 'not ready\n');
    case ADMIN_PATHS.metrics:
      return { status: 200, contentType: METRICS_CONTENT_TYPE, body: await source.scrape() };
    case ADMIN_PATHS.stats:
      await source.refresh(STATS_DEADLINE_MS);
      return json(source.stats());
    case ADMIN_PATHS.config:
      return json(source.description());
    default:
      return text(404, `no such path; there are ${Object.values(ADMIN_PATHS).join(', ')}\n`);
  }
}

async function scrape(source: AdminSource): Promise<string> {
  await source.refreshResponsive(METRICS_DEADLINE_MS);
  return await source.metrics();
}

/**
 * Whoever asks while an answer is being made gets that one. Each costs all workers and the primary, which
 * deals out the API's connections: a thousand scrapers must not stop it.
 */
function oneAtATime<T>(make: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null;
  return () => {
    underWay ??= make().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/**
 * A web page on another origin can make a browser ask loopback, under a name that resolves to it:
 * the Host header tells. Nothing here changes state, so reading methods are all there is.
 */
function refuse(request: IncomingMessage, hosts: ReadonlySet<string>): Answer | null {
  const { host = '', origin } = request.headers;
  // Names have no case.
  if (!hosts.has(host.toLowerCase())) return text(403, 'the Host header is not this server\n');
  if (origin !== undefined && !hosts.has(origin.replace(/^http:\/\//, ''))) {
    return text(403, 'the Origin header is not this server\n');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'GET only\n');
  return null;
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function json(value: ServerStats | ServerDescription): Answer {
  return { status: 200, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}

function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Exclusive has no meaning in a primary; spelled out because nobody else may answer here.
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/**
 * What a URL calls the address that somebody listens on: IPv6 stands in brackets, and whoever listens on all
 * addresses is reached on loopback.
 */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
