import { expect, test } from 'vitest';
import { reachableConnections } from './reachable-connections.ts';

test.each([
  ['kept for ever, in every worker that once had them all', 'queue', 0, 0, 4, 36, 144],
  ['idle in two workers while the others overflow', 'queue', 5, 10, 4, 32, 40],
  ['never beyond the ceiling', 'queue', 5, 10, 4, 500, 60],
  ['fewer clients than one pool keeps', 'queue', 5, 10, 4, 3, 12],
  ['no end of overflow', 'queue', 5, -1, 4, 32, 47],
  ['pg-pool keeps its overflow as well', 'plain', 5, 10, 4, 12, 48],
  ['without a pool nothing stays idle', 'null', 5, 10, 4, 32, 32],
] as const)('%s', (_, kind, poolSize, maxOverflow, workers, clients, most) => {
  expect(reachableConnections({ kind, poolSize, maxOverflow }, workers, clients)).toBe(most);
});
