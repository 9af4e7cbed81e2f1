import { expect, test } from 'vitest';
import { noisyPairs, normalNumbers } from '../test/noisy-pairs.ts';
import { bootstrapRatio } from './bootstrap-ratio.ts';
import { EQUIVALENCE_MARGIN, type PairedRatio, pairedRatio } from './paired-ratio.ts';

const RUNS = 4_000;
const NOISES = [0.01, 0.05, 0.3];

const logsOf = (pairs: readonly { readonly left: number; readonly right: number }[]) =>
  pairs.map(({ left, right }) => Math.log(left / right));

/** Share of so many simulated comparisons in which something is true. */
function shareOf(runs: number, holds: (run: number) => boolean): number {
  let count = 0;
  for (let run = 0; run < runs; run += 1) if (holds(run)) count += 1;
  return count / runs;
}

test.for([2, 3, 5, 8, 20])(
  'the intervals of %i pairs contain the true ratio in 95 of 100 comparisons',
  async (pairs, { annotate }) => {
    const normal = normalNumbers(pairs);
    const share = shareOf(RUNS, (run) => {
      const noise = NOISES[run % NOISES.length] ?? 0;
      const found = pairedRatio(noisyPairs({ pairs, ratio: 1.34, noise, normal }));
      return found !== null && found.low <= 1.34 && 1.34 <= found.high;
    });
    await annotate(share.toFixed(4), 'coverage');
    // Three standard errors of a share of 4,000.
    expect(Math.abs(share - 0.95)).toBeLessThan(0.0104);
  },
);

test.for([2, 3, 5, 8, 20])(
  'of comparisons of a cell with itself in %i pairs at most one in twenty finds a difference',
  async (pairs, { annotate }) => {
    const normal = normalNumbers(100 + pairs);
    const share = shareOf(RUNS, (run) => {
      const noise = NOISES[run % NOISES.length] ?? 0;
      const found = pairedRatio(noisyPairs({ pairs, ratio: 1, noise, normal }));
      return found?.finding === 'higher' || found?.finding === 'lower';
    });
    await annotate(share.toFixed(4), 'false alarms');
    expect(share).toBeLessThanOrEqual(0.05);
  },
);

test('a difference beyond the margin is called equivalent in one of forty comparisons at most', () => {
  const normal = normalNumbers(7);
  const share = shareOf(RUNS, () => {
    const ratio = 1 + EQUIVALENCE_MARGIN;
    return (
      pairedRatio(noisyPairs({ pairs: 8, ratio, noise: 0.01, normal }))?.finding === 'equivalent'
    );
  });
  expect(share).toBeLessThanOrEqual(0.025 + 0.0074);
});

test.for([8, 20])(
  'bootstrap intervals of %i pairs keep about what they promise',
  async (pairs, { annotate }) => {
    const normal = normalNumbers(pairs);
    const share = shareOf(400, (run) => {
      const logs = logsOf(noisyPairs({ pairs, ratio: 1.34, noise: 0.05, normal }));
      const found = bootstrapRatio(logs, { seed: run });
      return found !== null && found.low <= 1.34 && 1.34 <= found.high;
    });
    await annotate(share.toFixed(4), 'coverage');
    // Plain percentiles would cover 89 % at eight pairs.
    expect(share).toBeGreaterThan(0.925);
    expect(share).toBeLessThan(0.985);
  },
);

/** A machine that slowly gets slower: what is measured later is lower, in both cells alike. */
function drifting(order: string, normal: () => number): readonly number[] {
  return [...order].map((_, at) => 1000 * Math.exp(-0.02 * at + 0.01 * normal()));
}

function comparedIn(order: string, normal: () => number): PairedRatio | null {
  const values = drifting(order, normal);
  const of = (cell: string) => values.filter((_, at) => order[at] === cell);
  const right = of('B');
  return pairedRatio(of('A').map((left, round) => ({ left, right: right[round] ?? Number.NaN })));
}

test('drift is no difference where rounds are interleaved, and is one where they are not', async ({
  annotate,
}) => {
  const normal = normalNumbers(3);
  const alarms = (order: string): number =>
    shareOf(RUNS, () => {
      const found = comparedIn(order, normal)?.finding;
      return found === 'higher' || found === 'lower';
    });
  const interleaved = alarms('ABBAABBA');
  const apart = alarms('AAAABBBB');
  await annotate(`${interleaved.toFixed(4)} against ${apart.toFixed(4)}`, 'false alarms');
  expect(interleaved).toBeLessThanOrEqual(0.05);
  expect(apart).toBeGreaterThan(0.95);
});
