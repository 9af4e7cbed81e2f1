import { expect, test } from 'vitest';
import { targetIsDown } from './target-down.ts';

test.each([
  ['an answer a moment ago', 0, 0, false],
  ['silence that is shorter than a request may take', 29_999, 0, false],
  ['silence that is longer', 30_000, 0, true],
  ['connects refused for less than five seconds', 4_999, 4_999, false],
  ['connects refused for five seconds', 5_000, 5_000, true],
] as const)('%s', (_, sinceAnswerMs, sinceNotConnectedMs, down) => {
  const seen = {
    sinceAnswerUs: sinceAnswerMs * 1_000,
    sinceNotConnectedUs: sinceNotConnectedMs * 1_000,
  };
  expect(targetIsDown(seen, 30_000)).toBe(down);
});

test('a limit below five seconds holds for refused connects too', () => {
  expect(targetIsDown({ sinceAnswerUs: 500_000, sinceNotConnectedUs: 600_000 }, 600)).toBe(true);
});
