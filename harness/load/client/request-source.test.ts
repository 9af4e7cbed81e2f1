import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestMix, RequestTemplate } from '../../plan/request-mix.ts';
import { template } from '../test/request-template.ts';
import type { AskedRequest } from './asked-request.ts';
import { requestSource } from './request-source.ts';

const HOST = 'api.example:8080';

test("the lab's own API is asked the same path all the time, with the head that it always had", () => {
  const source = requestSource({ path: '/w/point?key=1', seed: 1 }, { thread: 0, threads: 1 });
  const asked = source.next();
  expect(source.next()).toBe(asked);
  expect(textOf(asked)).toBe(
    `GET /w/point?key=1 HTTP/1.1\r\nHost: ${HOST}\r\nConnection: keep-alive\r\n\r\n`,
  );
});

test('head and body are what the template says, and the length is that of the bytes', () => {
  const [asked] = take(1, [
    template('POST /orders', { headers: { 'content-type': 'text/plain' }, body: 'zwölf' }),
  ]);
  expect(asked === undefined ? '' : textOf(asked)).toBe(
    `POST /orders HTTP/1.1\r\nHost: ${HOST}\r\nConnection: keep-alive\r\n` +
      'content-type: text/plain\r\nContent-Length: 6\r\n\r\nzwölf',
  );
});

test.each([
  ['POST /', 'Content-Length: 0\r\n'],
  ['PUT /', 'Content-Length: 0\r\n'],
  ['PATCH /', 'Content-Length: 0\r\n'],
  ['DELETE /', ''],
  ['HEAD /', ''],
])('%s without a body says "%s"', (name, expected) => {
  const [asked] = take(1, [template(name)]);
  const head = asked === undefined ? '' : textOf(asked);
  expect(/Content-Length.*\r\n/.exec(head)?.[0] ?? '').toBe(expected);
});

test('the bytes are those of the host that is asked now', () => {
  const [asked] = take(1, [template('GET /')]);
  expect(asked?.bytes('a:1')).toBe(asked?.bytes('a:1'));
  expect(asked?.bytes('b:2').toString()).toContain('Host: b:2\r\n');
  expect(asked?.bytes('a:1').toString()).toContain('Host: a:1\r\n');
});

test('requests are drawn by their weights, and what is drawn depends on the seed alone', () => {
  const mix = [
    template('GET /a', { weight: 6 }),
    template('GET /b', { weight: 3 }),
    template('GET /c', { weight: 1 }),
  ];
  const drawn = take(10_000, mix).map(({ content }) => content.path);
  const share = (path: string): number => drawn.filter((one) => one === path).length / drawn.length;
  // Standard deviations of 0.005, 0.0046 and 0.003.
  expect(Math.abs(share('/a') - 0.6)).toBeLessThan(0.025);
  expect(Math.abs(share('/b') - 0.3)).toBeLessThan(0.023);
  expect(Math.abs(share('/c') - 0.1)).toBeLessThan(0.015);
  expect(take(10_000, mix).map(({ content }) => content.path)).toEqual(drawn);
  expect(take(100, mix, { seed: 2 }).map(({ content }) => content.path)).not.toEqual(
    drawn.slice(0, 100),
  );
});

test('threads do not draw the same requests and rows as one another', () => {
  const mix = [template('GET /a/{{id}}'), template('GET /b/{{id}}')];
  const drawnBy = (thread: number): readonly string[] =>
    take(50, mix, {
      rows: rowsOf(1_000),
      order: 'random',
      share: { thread, threads: 2 },
    }).map(({ content }) => content.path);
  expect(drawnBy(1)).not.toEqual(drawnBy(0));
});

test('a target is called by its own name, wherever its connections go', () => {
  const requests: RequestMix = { templates: [template('GET /')], rows: null, order: 'sequential' };
  const whole = { thread: 0, threads: 1 };
  for (const mix of [{ requests }, {}]) {
    const source = requestSource({ path: '/', seed: 1, host: 'shop.example:8080', ...mix }, whole);
    expect(source.next().bytes('127.0.0.1:8080').toString()).toContain(
      'Host: shop.example:8080\r\n',
    );
  }
});

test('sequential rows are taken one after the other by whichever request needs one', () => {
  const mix = [template('GET /items/{{ id }}'), template('GET /users/{{id}}'), template('GET /')];
  const paths = take(400, mix, { rows: rowsOf(50) }).map(({ content }) => content.path);
  const ids = paths.filter((path) => path !== '/').map((path) => path.split('/')[2]);
  expect(ids).toEqual(ids.map((_, index) => String(index % 50)));
  expect(paths).toContain('/');
});

test.each([
  [10, 3],
  [2, 4],
  [7, 7],
])('%i rows are shared out among %i threads', (rows, threads) => {
  const own = Array.from({ length: threads }, (_, thread) =>
    take(Math.ceil(rows / threads), [template('GET /{{id}}')], {
      rows: rowsOf(rows),
      share: { thread, threads },
    }).map(({ content }) => content.path),
  );
  expect(new Set(own.flat()).size).toBe(rows);
  // With as many rows as threads or more, nobody has another one's.
  if (rows >= threads) {
    const sets = own.map((paths) => new Set(paths));
    expect(sets.reduce((sum, { size }) => sum + size, 0)).toBe(rows);
  }
});

test('random rows are the same for the same seed, and all of them come', () => {
  const mix = [template('GET /{{id}}')];
  const drawn = take(500, mix, { rows: rowsOf(10), order: 'random' });
  const paths = drawn.map(({ content }) => content.path);
  expect(new Set(paths).size).toBe(10);
  expect(paths.slice(0, 10)).not.toEqual([...paths.slice(0, 10)].sort());
  const again = take(500, mix, { rows: rowsOf(10), order: 'random' });
  expect(again.map(({ content }) => content.path)).toEqual(paths);
});

test('a value cannot leave its place in a path, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (id) => {
      const [asked] = take(1, [template('GET /items/{{id}}?x=1')], { rows: [{ id }] });
      const url = new URL(asked?.content.path ?? '', 'http://host');
      expect(url.search).toBe('?x=1');
      expect(asked?.content.path).toMatch(/^\/items\/[\x21-\x7e]*\?x=1$/);
      const [, value = ''] = /^\/items\/([^/?#]*)\?/.exec(asked?.content.path ?? '') ?? [];
      expect(decodeURIComponent(value)).toBe(id.toWellFormed());
    }),
  );
});

test('a value inside JSON is what it was when the body is read, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const body = '{"name":"{{name}}","more":[1]}';
      const [asked] = take(1, [template('POST /', { body, bodyKind: 'json' })], {
        rows: [{ name }],
      });
      expect(JSON.parse(asked?.content.body?.toString() ?? '')).toEqual({
        name: name.toWellFormed(),
        more: [1],
      });
    }),
  );
});

test('a value goes into another body and into a header as it is, and is no placeholder itself', () => {
  const [asked] = take(
    1,
    [template('POST /', { body: 'a="{{v}}"', headers: { 'x-v': 'is {{v}}' } })],
    { rows: [{ v: '"{{v}}"' }] },
  );
  expect(asked?.content.body?.toString()).toBe('a=""{{v}}""');
  expect(asked?.content.headers).toEqual(['x-v', 'is "{{v}}"']);
});

test("a line end never gets into a header, and a column that is not there is nobody's empty text", () => {
  const header = [template('GET /', { headers: { 'x-v': '{{v}}' } })];
  for (const end of ['\r\n', '\n', '\r']) {
    expect(() => take(1, header, { rows: [{ v: `a${end}x: y` }] })).toThrow('line end');
  }
  expect(() => take(1, header, { rows: [{ w: 'a' }] })).toThrow('column v');
});

test('what no request line can carry is encoded, and what is encoded already stays', () => {
  const [asked] = take(1, [template('GET /', { path: '/straße/a b?q=%20&r=a+b' })]);
  expect(asked?.content.path).toBe('/stra%C3%9Fe/a%20b?q=%20&r=a+b');
});

interface Drawing {
  readonly rows?: RequestMix['rows'];
  readonly order?: RequestMix['order'];
  readonly seed?: number;
  readonly share?: { readonly thread: number; readonly threads: number };
}

function take(
  count: number,
  templates: readonly RequestTemplate[],
  { rows = null, order = 'sequential', seed = 1, share = { thread: 0, threads: 1 } }: Drawing = {},
): readonly AskedRequest[] {
  const source = requestSource({ path: '/', requests: { templates, rows, order }, seed }, share);
  return Array.from({ length: count }, () => source.next());
}

function rowsOf(count: number): NonNullable<RequestMix['rows']> {
  return Array.from({ length: count }, (_, id) => ({ id: String(id) }));
}

function textOf(asked: AskedRequest): string {
  return asked.bytes(HOST).toString('utf8');
}
