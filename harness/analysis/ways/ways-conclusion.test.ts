import { expect, test } from 'vitest';
import type { Way } from '../../plan/ways/way.ts';
import { sampleWays } from './test/sample-ways.ts';

const concluded = (...given: Parameters<typeof sampleWays>) => sampleWays(...given).conclusion;
const three = (goodput: number): readonly number[] => [goodput, goodput * 1.01, goodput * 0.99];

test('the pool alone is deployed where it answers more than every other way that works', () => {
  expect(concluded()).toMatchObject({
    deploy: 'pool',
    because: 'fastest',
    works: ['pool', 'small_pool_pgbouncer', 'no_pool_pgbouncer'],
    asGood: ['pool'],
    notCompared: [],
    poolWorkersMax: 5,
  });
});

test('a way that answers more, and is told to, is deployed whatever its parts', () => {
  const found = concluded({ small_pool_pgbouncer: three(8_000) });
  expect(found).toMatchObject({ deploy: 'small_pool_pgbouncer', because: 'fastest' });
});

test('of ways that cannot be told apart the one with the fewest parts is deployed', () => {
  const found = concluded({ small_pool_pgbouncer: [6_600, 6_300, 6_700] });
  expect(found).toMatchObject({
    deploy: 'pool',
    because: 'as_good_and_simpler',
    asGood: ['pool', 'small_pool_pgbouncer'],
  });
});

test('what lies far below on average, but in rounds too wild to tell, is not called beaten', () => {
  const found = concluded({ small_pool_pgbouncer: [600, 3_900, 1_200] });
  expect(found).toMatchObject({
    deploy: 'pool',
    because: 'fastest',
    asGood: ['pool'],
    unproven: ['small_pool_pgbouncer'],
  });
});

test('further parts that nobody could tell to be worth it are no recommendation', () => {
  const found = concluded({ pool: [600, 3_900, 1_200], small_pool_pgbouncer: three(6_500) });
  expect(found).toMatchObject({
    deploy: null,
    because: 'rounds_too_far_apart',
    unproven: ['pool'],
  });
});

test('as much in time is not as good where its p99 is far longer', () => {
  const slow = three(6_600).map((goodput) => ({ goodput, p99: 600 }));
  const found = concluded({ pool: slow, small_pool_pgbouncer: three(6_650) });
  expect(found).toMatchObject({ deploy: 'small_pool_pgbouncer', because: 'fastest' });
});

test('what is refused is not deployed, however fast it answers the rest', () => {
  const refused = three(9_000).map((goodput) => ({ goodput, refused: 10 }));
  const found = concluded({ pool: refused });
  expect(found.works).toEqual(['small_pool_pgbouncer', 'no_pool_pgbouncer']);
  expect(found.deploy).toBe('small_pool_pgbouncer');
});

test('what is refused although arithmetic says that it fits is not deployed either', () => {
  const refused = three(9_000).map((goodput) => ({ goodput, refused: 10, predicted: false }));
  expect(concluded({ pool: refused }).works).not.toContain('pool');
});

test('what arithmetic says will be refused has only been lucky', () => {
  const lucky = three(9_000).map((goodput) => ({ goodput, predicted: true }));
  expect(concluded({ no_pool: lucky }).works).not.toContain('no_pool');
});

test('a PgBouncer that opens more than is usable leaves nobody else a slot, and is not deployed', () => {
  const faster = { small_pool_pgbouncer: three(9_000) };
  expect(concluded(faster, { flags: { poolerSize: '26' } }).deploy).toBe('small_pool_pgbouncer');
  expect(concluded(faster, { flags: { poolerSize: '27' } })).toMatchObject({
    works: ['pool'],
    deploy: 'pool',
  });
});

test('without a pool and without refusals nothing bounds the connections: the last choice', () => {
  const found = concluded({ no_pool: three(6_500) });
  expect(found.works).toContain('no_pool');
  expect(found.deploy).toBe('pool');
});

test('the only way that works is deployed, after one round as well', () => {
  const refused = [{ goodput: 900, refused: 100 }];
  const found = concluded(
    { pool: refused, small_pool_pgbouncer: refused, no_pool: refused, no_pool_pgbouncer: [250] },
    { rounds: 1 },
  );
  expect(found).toMatchObject({ deploy: 'no_pool_pgbouncer', because: 'only_one_works' });
});

test('one that works beside others that nothing is known of is no choice', () => {
  const refused = three(900).map((goodput) => ({ goodput, refused: 100 }));
  const unknown = { small_pool_pgbouncer: [], no_pool: refused, no_pool_pgbouncer: refused };
  expect(concluded(unknown)).toMatchObject({ deploy: null, because: 'others_not_compared' });
});

test('a refusal counts against a way whose rates nobody may believe', () => {
  const invalid = { goodput: 900, refused: 100, verdict: 'INVALID' as const };
  const bad = [invalid, invalid, invalid];
  const found = concluded({ small_pool_pgbouncer: bad, no_pool: bad, no_pool_pgbouncer: bad });
  expect(found).toMatchObject({ deploy: 'pool', because: 'only_one_works' });
});

test('one round tells no two ways apart', () => {
  expect(concluded({}, { rounds: 1 })).toMatchObject({ deploy: null, because: 'no_two_rounds' });
});

test.each(['refused', 'INVALID'])('nothing is deployed where every way is %s', (what) => {
  const bad =
    what === 'refused'
      ? three(100).map((goodput) => ({ goodput, refused: 100 }))
      : three(100).map((goodput) => ({ goodput, verdict: 'INVALID' as const }));
  const found = concluded({
    pool: bad,
    small_pool_pgbouncer: bad,
    no_pool: bad,
    no_pool_pgbouncer: bad,
  });
  expect(found.deploy).toBeNull();
  expect(found.because).toBe(what === 'refused' ? 'none_works' : 'no_number');
});

test('a way that must not be believed is not compared, and is no choice', () => {
  const invalid = three(9_000).map((goodput) => ({ goodput, verdict: 'INVALID' as const }));
  const { conclusion, ways, verdict } = sampleWays({ small_pool_pgbouncer: invalid });
  expect(conclusion).toMatchObject({ deploy: 'pool', notCompared: ['small_pool_pgbouncer'] });
  expect(ways.find(({ way }) => way === 'small_pool_pgbouncer')?.againstPool).toBeNull();
  expect(verdict).toBe('INVALID');
});

test.each<[Parameters<typeof sampleWays>[1], number | null]>([
  [{ flags: { poolSize: '6' } }, 4],
  [{ flags: { poolSize: '5', maxOverflow: '10' } }, 1],
  [{ flags: { poolSize: '0' } }, null],
])('the room for workers is arithmetic: %j', (options, workers) => {
  expect(concluded({}, options).poolWorkersMax).toBe(workers);
});

test('every way stands in the result, in its order', () => {
  const order: readonly Way[] = ['pool', 'small_pool_pgbouncer', 'no_pool', 'no_pool_pgbouncer'];
  expect(sampleWays().ways.map(({ way }) => way)).toEqual(order);
});
