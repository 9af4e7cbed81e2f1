import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyText, partWords, percentText } from './evidence-text.ts';

const NOTHING = { lag: 0, wait: 0, connect: 0, db: 0, loop: 0, rest: 0 };

test('a latency is told with its parts, as they are met', () => {
  const partsMs = { ...NOTHING, wait: 180, connect: 9, db: 20, rest: 3 };
  expect(latencyText({ at: 'at p99', latencyMs: 212, partsMs })).toBe(
    'of 212 ms at p99: 180 ms waiting for a connection, 9 ms connecting, 20 ms in PostgreSQL, 3 ms rest',
  );
});

test('short latencies get the digits they need', () => {
  const partsMs = { ...NOTHING, db: 0.7, rest: 0.734 };
  expect(latencyText({ at: 'at p50', latencyMs: 1.434, partsMs })).toBe(
    'of 1.43 ms at p50: 0.70 ms in PostgreSQL, 0.73 ms rest',
  );
});

test.each([
  [{}, '2 ms before it was sent, 20 ms in PostgreSQL'],
  [{ retries: true }, '2 ms before its last try, 20 ms in PostgreSQL'],
  [{ afar: true }, '2 ms before it was sent, 20 ms in PostgreSQL and on the way there'],
  [{ pooled: true }, '2 ms before it was sent, 20 ms in PgBouncer and PostgreSQL'],
  [
    { pooled: true, afar: true },
    '2 ms before it was sent, 20 ms in PgBouncer and PostgreSQL and on the way there',
  ],
])('a part is named for what it holds where %j', (given, parts) => {
  const partsMs = { ...NOTHING, lag: 2, db: 20 };
  const words = partWords({ retries: false, afar: false, pooled: false, ...given });
  expect(latencyText({ at: 'at p50', latencyMs: 22, partsMs }, words)).toBe(
    `of 22 ms at p50: ${parts}`,
  );
});

test('the printed parts add up to the printed whole', () => {
  const ms = fc.double({ min: 0, max: 5_000, noNaN: true });
  const parts = fc.record({ lag: ms, wait: ms, connect: ms, db: ms, loop: ms, rest: ms });
  fc.assert(
    fc.property(parts, (partsMs) => {
      const latencyMs = Object.values(partsMs).reduce((sum, part) => sum + part, 0);
      const [whole = 0, ...shown] = [
        ...latencyText({ at: 'at p99', latencyMs, partsMs }).matchAll(/([\d.]+) ms/g),
      ].map(([, number]) => Math.round(Number(number) * 100));
      expect(shown.reduce((sum, part) => sum + part, 0)).toBe(whole);
      expect(whole / 100).toBeCloseTo(latencyMs, latencyMs >= 20 ? -0.31 : latencyMs >= 2 ? 0 : 1);
    }),
  );
});

test.each([
  [0, '0 %'],
  [0.004, '< 1 %'],
  [0.5, '50 %'],
  [0.992, '> 99 %'],
  [1, '100 %'],
  [1.5, '150 %'],
])('the share %f reads %s', (share, text) => {
  expect(percentText(share)).toBe(text);
});
