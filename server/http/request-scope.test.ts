import { expect, test } from 'vitest';
import { type LoopProbe, LoopTurns } from '../event-loop/loop-turns.ts';
import type { Checkout } from '../pool/pool.ts';
import { FakePool } from '../test/fake-pool.ts';
import { RequestScope } from './request-scope.ts';

/** A loop that has not slept since it was asked first. */
const SLEEPLESS: LoopProbe = {
  nowMs: () => performance.now(),
  idleMs: () => 0,
  eachTurn: () => () => undefined,
};

function beBusy(ms: number): void {
  const startedAt = performance.now();
  while (performance.now() - startedAt < ms) {
    // Busy.
  }
}

/** Connections whose lateness is what a test says. */
class LatePool extends FakePool {
  connectLoopMs = 0;
  holdLoopMs = 0;

  override async checkout(): Promise<Checkout> {
    const checkout = await super.checkout();
    const { connectLoopMs, holdLoopMs } = this;
    return { ...checkout, connectLoopMs, holdLoopMs };
  }
}

function scopeOn(pool: FakePool, loop: LoopTurns | null): RequestScope {
  return new RequestScope({ pool, loop, random: () => 0.5 });
}

test('a request that a busy loop finds is older than its taking up', () => {
  const loop = new LoopTurns(SLEEPLESS);
  beBusy(20);
  const { loopMs, totalMs } = scopeOn(new FakePool(), loop).times();
  expect(loopMs).toBeGreaterThanOrEqual(10);
  expect(totalMs).toBeGreaterThanOrEqual(loopMs ?? Number.NaN);
});

test('lateness is taken out of connect and db, once, while held and after', async () => {
  const pool = new LatePool();
  const scope = scopeOn(pool, new LoopTurns(SLEEPLESS));
  const arrivalMs = scope.times().loopMs ?? Number.NaN;
  pool.connectLoopMs = 0.5;
  pool.holdLoopMs = 4;
  const hold = await scope.hold();
  beBusy(10);
  const held = scope.times();
  expect(held.connectMs).toBeCloseTo(1.5, 9);
  expect(held.loopMs).toBeCloseTo(arrivalMs + 0.5 + 4, 9);
  expect(held.dbMs).toBeGreaterThanOrEqual(6);
  hold.release();
  const released = scope.times();
  expect(released.loopMs).toBeCloseTo(arrivalMs + 0.5 + 4, 9);
  beBusy(1);
  expect(scope.times().dbMs).toBe(released.dbMs);
});

test('what is late by more than the hold took nothing from before it', async () => {
  const pool = new LatePool();
  const scope = scopeOn(pool, new LoopTurns(SLEEPLESS));
  pool.holdLoopMs = 60_000;
  pool.connectLoopMs = 60_000;
  const hold = await scope.hold();
  expect(scope.times().dbMs).toBe(0);
  hold.release();
  expect(scope.times()).toMatchObject({ dbMs: 0, connectMs: 0 });
});

test('two holds at once are each taken for what they are', async () => {
  const pool = new LatePool();
  const scope = scopeOn(pool, new LoopTurns(SLEEPLESS));
  const arrivalMs = scope.times().loopMs ?? Number.NaN;
  pool.holdLoopMs = 2;
  const [first, second] = [await scope.hold(), await scope.hold()];
  beBusy(5);
  first.release();
  expect(scope.times().loopMs).toBeCloseTo(arrivalMs + 4, 9);
  expect(scope.times().dbMs).toBeGreaterThanOrEqual(6);
  second.release();
  expect(scope.times().loopMs).toBeCloseTo(arrivalMs + 4, 9);
});

test('without turns of the loop its lateness is unknown, not zero', () => {
  expect(scopeOn(new FakePool(), null).times().loopMs).toBeNull();
});
