/**
 * What a ranking claims of cells whose truth is known: simulated sweeps, with noise of each trial and a
 * machine that is faster in one round and slower in another.
 */
import { expect, test } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import { type Ranking, rankCells } from './ranking.ts';
import { comparedCell } from './test/compared-cell.ts';

const SWEEPS = 200;
const ROUND_SD = 0.1;

interface Truth {
  /** Right answers per second of each cell; the first has the smallest pool. */
  readonly rates: readonly number[];
  readonly rounds: number;
  /** Of one trial: standard deviation of its logarithm. */
  readonly noise: number;
}

/** Sweeps of the same system, one seed after the other. */
function* simulated({ rates, rounds, noise }: Truth): Generator<Ranking> {
  const random = seededRandom(20_260_102);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const machine = Array.from({ length: rounds }, () => normal() * ROUND_SD);
    yield rankCells(
      rates.map((rate, index) =>
        comparedCell({
          id: `c${String(index + 1).padStart(3, '0')}`,
          poolSize: index + 1,
          goodputs: machine.map((common) => rate * Math.exp(common + noise * normal())),
        }),
      ),
    );
  }
}

const equal = (cells: number): readonly number[] => Array.from({ length: cells }, () => 1_000);

test.each([
  { cells: 2, rounds: 3, noise: 0.02 },
  { cells: 2, rounds: 3, noise: 0.3 },
  { cells: 6, rounds: 2, noise: 0.05 },
  { cells: 24, rounds: 2, noise: 0.1 },
  { cells: 24, rounds: 3, noise: 0.1 },
  { cells: 24, rounds: 3, noise: 0.3 },
  { cells: 24, rounds: 5, noise: 0.1 },
])(
  'of $cells equal cells in $rounds rounds with noise of $noise hardly one is told apart',
  ({ cells, rounds, noise }) => {
    let claims = 0;
    for (const { notDistinguishable } of simulated({ rates: equal(cells), rounds, noise })) {
      claims += cells - 1 - notDistinguishable.length;
    }
    // 5 % are promised; 200 sweeps of one comparison each may show 3 % more.
    expect(claims / SWEEPS / (cells - 1)).toBeLessThan(cells === 2 ? 0.08 : 0.05);
  },
);

test.each([2, 3, 5])(
  'in %i rounds the best of one sweep is not below the best of another',
  (rounds) => {
    const rates = [300, 950, 1_000, 990, 940, 700, 400, 1_000];
    const sweeps = [...simulated({ rates, rounds, noise: 0.05 })];
    let contradicted = 0;
    for (const [index, { best }] of sweeps.entries()) {
      const next = sweeps[(index + 1) % sweeps.length];
      const alike = next?.notDistinguishable.some(({ id }) => id === best?.id);
      if (next?.best?.id !== best?.id && !alike) contradicted += 1;
    }
    expect(contradicted / SWEEPS).toBeLessThan(0.05);
  },
);

test.each([1, 2, 3, 5])(
  'a pair three times apart is never called alike in %i rounds, with noise of up to 30 %%',
  (rounds) => {
    // Half as much noise as a standard deviation: hardly a trial is off by more than 30 %.
    const sweeps = [...simulated({ rates: [1_000, 3_000], rounds, noise: 0.15 })];
    expect(sweeps.map(({ best }) => best?.id)).toEqual(sweeps.map(() => 'c002'));
    expect(sweeps.flatMap(({ notDistinguishable }) => notDistinguishable)).toEqual([]);
  },
);

test('a cell that is a fifth slower is told apart in three rounds of 3 % noise', () => {
  const sweeps = [...simulated({ rates: [800, ...equal(11)], rounds: 3, noise: 0.03 })];
  const missed = sweeps.filter(({ notDistinguishable }) =>
    notDistinguishable.some(({ id }) => id === 'c001'),
  );
  expect(missed.length / SWEEPS).toBeLessThan(0.05);
});

test('two rounds show the cliff, since the other cells tell how noisy rounds are', () => {
  const rates = [3_000, 2_900, 2_700, 1_400, 1_200, 1_000];
  const sweeps = [...simulated({ rates, rounds: 2, noise: 0.1 })];
  const certain = sweeps.filter(({ againstBest }) => againstBest.get('c006')?.finding === 'lower');
  expect(certain.length / SWEEPS).toBeGreaterThan(0.9);
});
