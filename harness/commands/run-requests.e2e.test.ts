import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { startCli } from '../test/cli-child.ts';

const TOKEN = 's3cret-of-the-service';
const ROWS = [
  { id: '1', name: 'Ann' },
  { id: 'a b/c?', name: 'B "o" \\ {{id}}' },
  { id: '404', name: 'Zoë' },
];
const FILE = `
data: { file: users.csv }
warmup: 0
duration: 1s
connections: 4
requests:
  - path: /items/{{id}}
    weight: 3
    expect: [200, 404]
  - name: order
    method: POST
    path: /orders
    headers: { authorization: "Bearer \${API_TOKEN}" }
    json: { item: "{{id}}", who: "{{name}}", n: 1 }
    expect: 201
`;
const orderSchema = z.strictObject({ item: z.string(), who: z.string(), n: z.literal(1) });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pool-lab-requests-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Answers as it is asked: an item it has, one it has not, and 201 only for an order that is right in all its parts. */
async function statusFor(request: IncomingMessage): Promise<number> {
  const url = request.url ?? '';
  const body = await text(request);
  if (request.method === 'POST' && url === '/orders') {
    const order = orderSchema.safeParse(jsonOf(body));
    const row = ROWS.find(({ id, name }) => id === order.data?.item && name === order.data.who);
    const json = request.headers['content-type'] === 'application/json';
    const known = request.headers.authorization === `Bearer ${TOKEN}`;
    return row !== undefined && json && known ? 201 : 400;
  }
  if (request.method !== 'GET') return 405;
  const row = ROWS.find(({ id }) => url === `/items/${encodeURIComponent(id)}`);
  if (row === undefined) return url === '/' || url === '/metrics' ? 200 : 400;
  return row.id === '404' ? 404 : 200;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

test('requests of a file arrive as they are written, row by row, and their secret is told nobody', async () => {
  const seen = new Map<string, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const status = await statusFor(request);
    const key = `${request.method} ${request.url} ${status}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    response.writeHead(status).end();
  };
  await using server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const path = join(directory, 'pool-lab.yaml');
  writeFileSync(path, FILE);
  const csv = ROWS.map(({ id, name }) => `${id},"${name.replaceAll('"', '""')}"`);
  writeFileSync(join(directory, 'users.csv'), `id,name\r\n${csv.join('\r\n')}\r\n`);

  const target = ['--target', `http://127.0.0.1:${port}`];
  const cli = startCli(['run', '--json', '--config', path, ...target], { API_TOKEN: TOKEN });
  const { code } = await cli.ended;
  expect([0, 6], cli.seen.stderr).toContain(code);
  const { requests } = z
    .object({ requests: z.object({ ok: z.int(), httpErrors: z.record(z.string(), z.int()) }) })
    .parse(JSON.parse(cli.seen.stdout));
  expect(requests.httpErrors).toEqual({});
  expect(requests.ok).toBeGreaterThan(20);
  expect([...seen.keys()].filter((key) => key.endsWith(' 400'))).toEqual([]);
  const items = ['GET /items/1 200', 'GET /items/a%20b%2Fc%3F 200', 'GET /items/404 404'];
  const counts = items.map((key) => seen.get(key) ?? 0);
  const orders = seen.get('POST /orders 201') ?? 0;
  expect(counts.reduce((sum, count) => sum + count, orders)).toBeGreaterThanOrEqual(requests.ok);
  expect(Math.min(...counts, orders)).toBeGreaterThan(0);
  expect(cli.seen.stdout + cli.seen.stderr).not.toContain(TOKEN);
});
