import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ADMIN_PATHS } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { describeError } from '../system-error.ts';
import { EXPOSITION_CONTENT_TYPE } from './exposition.ts';

const PATH = ADMIN_PATHS.metrics;

export interface MetricsEndpoint {
  /** Where a scrape asks, e.g. `http://127.0.0.1:40123/metrics`. */
  readonly url: string;
  /** Nothing listens there any more when it resolves. */
  close(): Promise<void>;
}

/**
 * Metrics over HTTP, and nothing else.
 *
 * @throws LabError PORT_IN_USE
 */
export async function startMetricsEndpoint(options: {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Authorities, e.g. `harness:9465`, it answers to besides its own. */
  readonly allowedHosts: readonly string[];
  readonly read: () => string;
}): Promise<MetricsEndpoint> {
  const { allowedHosts, read } = options;
  const server = createServer();
  const port = await listen(server, options);
  const authority = `${reachable(options.host)}:${port}`;
  const hosts: ReadonlySet<string> = new Set([
    authority,
    `localhost:${port}`,
    ...allowedHosts.map((allowed) => allowed.toLowerCase()),
  ]);
  server.on('request', (request, response) => {
    reply(response, refusal(request, hosts) ?? metrics(read));
  });
  return {
    url: `http://${authority}${PATH}`,
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

/**
 * A web page on another origin can make a browser ask loopback, under a name that resolves to it: the
 * Host header tells.
 */
function refusal(request: IncomingMessage, hosts: ReadonlySet<string>): Answer | null {
  const { host = '', origin } = request.headers;
  if (!hosts.has(host.toLowerCase())) return text(403, 'the Host header is not this server\n');
  if (origin !== undefined && !hosts.has(origin.replace(/^http:\/\//, ''))) {
    return text(403, 'the Origin header is not this server\n');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'GET only\n');
  // Only the path counts: a scraper may add parameters of its own.
  if (request.url?.split('?', 1)[0] === PATH) return null;
  return text(404, `no such path; there is ${PATH}\n`);
}

/** A scrape that fails must not end the trial that is being scraped. */
function metrics(read: () => string): Answer {
  try {
    return { status: 200, contentType: EXPOSITION_CONTENT_TYPE, body: read() };
  } catch (error) {
    return text(500, `${describeError(error)}\n`);
  }
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function reply(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  // Node leaves out the body of an answer to HEAD by itself.
  response.end(body);
}

function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new LabError('PORT_IN_USE', {
          message: `the harness's metrics cannot be served on ${reachable(host)}:${port}: ${describeError(cause)}`,
          hint: 'Choose another port with --metrics-port, or 0 to let the system choose.',
          cause,
        }),
      ),
    );
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** As it stands in a URL; who listens on every address of the machine is reached by its loopback one. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
