import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueuePoolModel } from './test/queue-pool-model.ts';

const SEQUENCES = 10_000;

const config = fc.record({
  poolSize: fc.integer({ min: 0, max: 3 }),
  maxOverflow: fc.integer({ min: -1, max: 2 }),
  poolTimeoutMs: fc.constantFrom(0, 100),
  maxWaiting: fc.constantFrom(null, null, 0, 2),
  recycleMs: fc.constantFrom(null, null, 50),
  prePing: fc.boolean(),
  resetOnReturn: fc.boolean(),
  order: fc.constantFrom('fifo' as const, 'lifo' as const),
});

/** What happens, and to which of those it can happen to. */
const step = fc.tuple(fc.nat({ max: 255 }), fc.nat({ max: 7 }));

const steps = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });

test(`the invariants hold after every step of ${SEQUENCES} random sequences`, async () => {
  let stepsTotal = 0;
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(config, steps, async (poolConfig, sequence) => {
      const model = new QueuePoolModel(poolConfig);
      for (const [choice, target] of sequence) seen.add(await model.step(choice, target));
      await model.end();
      stepsTotal += sequence.length;
    }),
    { numRuns: SEQUENCES },
  );
  // A generator that stopped reaching some of the operations would prove nothing about them.
  expect([...seen].sort()).toEqual([...QueuePoolModel.OPERATIONS].sort());
  expect(stepsTotal).toBeGreaterThan(SEQUENCES * 20);
}, 60_000);
