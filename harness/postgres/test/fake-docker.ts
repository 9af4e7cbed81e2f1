import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Something that listens on a socket and answers as it is told, or never. */
export interface FakeDocker extends AsyncDisposable {
  readonly socketPath: string;
  /** Method and path of each request, in their order. */
  readonly asked: readonly string[];
}

export async function fakeDocker(
  answer: (request: string) => Answer | 'silence',
): Promise<FakeDocker> {
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-docker-'));
  const socketPath = join(directory, 'docker.sock');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${decodeURIComponent(request.url ?? '')}`;
    asked.push(line);
    const said = answer(line);
    if (said === 'silence') return;
    const { status, body } = said;
    response.writeHead(status).end(body === null ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true });
    },
  };
}
