import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface SeenRequest {
  readonly method: string;
  /** With query string. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingServer extends AsyncDisposable {
  readonly origin: string;
  /** In the order of their coming, each with its whole body. */
  readonly seen: readonly SeenRequest[];
  readonly connections: number;
  /** Requests whose answer is not out yet. */
  readonly inFlight: number;
}

/** A service that answers as it is told, and knows what it was asked. */
export async function startRecordingServer(
  answer: (response: ServerResponse, request: SeenRequest) => void,
): Promise<RecordingServer> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  let inFlight = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    inFlight += 1;
    response.on('close', () => {
      inFlight -= 1;
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(one);
      answer(response, one);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  // It closes no connection by itself: what is closed, the engine closed.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen,
    get connections() {
      return connections;
    },
    get inFlight() {
      return inFlight;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
