import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleDirectory } from './example-directory.ts';
import { outcomesOf, sweep } from './swept-cells.ts';

const DIRECTORY = exampleDirectory('node-http-pg');

test('the node example is swept: a small pool fits, a large one is refused, both as predicted', async () => {
  const swept = await sweep([
    ...['--config', join(DIRECTORY, 'pool-lab.yaml'), '--service-directory', DIRECTORY],
    // This Node, whatever is on the PATH.
    ...['--command', `${process.execPath} server.mjs`],
    ...['--workers', '2', '--pool-size', '2,8', '--max-connections', '13', '--connections', '24'],
    ...['--pool-timeout', '10s', '--warmup', '0', '--duration', '1s', '--drain', '3s'],
  ]);
  expect(outcomesOf(swept)).toEqual({ '2 × (2+0)': 'fine', '2 × (8+0)': 'exhausted' });
  for (const { budget, service } of swept.trials.values()) {
    expect(budget?.agrees).toBe(true);
    // It tells two of the parts by Server-Timing, and nothing is made up for the others.
    const { answers, wait, db, connect, loop } = service?.timing ?? {};
    expect({ wait, db, connect, loop }).toEqual({
      wait: answers,
      db: answers,
      connect: 0,
      loop: 0,
    });
  }
  expect(swept.report).toContain('new Pool({ max: 2 })');
});
