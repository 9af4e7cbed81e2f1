import { expect, test } from 'vitest';
import { CrashLoop } from './crash-loop.ts';

test('the third quick death in a row is the last', () => {
  const loop = new CrashLoop();
  expect(loop.died(100)).toMatchObject({ action: 'respawn' });
  expect(loop.died(100)).toMatchObject({ action: 'respawn' });
  expect(loop.died(100)).toEqual({ action: 'give-up' });
});

test('a worker that lived for a while is replaced at once, as often as it takes', () => {
  const loop = new CrashLoop();
  for (let deaths = 0; deaths < 10; deaths++) {
    expect(loop.died(60_000)).toEqual({ action: 'respawn', delayMs: 0 });
  }
});

test('quick deaths count only in a row', () => {
  const loop = new CrashLoop();
  for (const livedMs of [100, 100, 60_000, 100, 100]) {
    expect(loop.died(livedMs)).toMatchObject({ action: 'respawn' });
  }
});
