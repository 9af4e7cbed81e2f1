import { join } from 'node:path';
import { expect } from 'vitest';
import { detectFastapi } from '../fastapi-python.ts';
import { optional } from '../optional.ts';
import { exampleDirectory } from './example-directory.ts';
import { type CellOutcome, outcomesOf, sweep } from './swept-cells.ts';

const fastapi = await optional('fastapi', detectFastapi);
const DIRECTORY = exampleDirectory('fastapi-sqlalchemy');

/*
 * Outcomes that a busy machine does not tip: 32 clients, a connection is held for 100 ms, and 12 slots are usable.
 * With one connection a process the wait is 1.6 s at least, however slow everything is, and the pools give up
 * after 1.4 s; with five it is 0.6 s. However uneven the clients come to two processes, the idler one of a shape
 * that does not fit needs but two of them. uvicorn answers as soon as one of its processes does: the warm-up is for
 * the other.
 */
const LOAD = [
  ...['--connections', '32', '--pool-timeout', '1400ms', '--max-connections', '16'],
  ...['--warmup', '300ms', '--duration', '1s', '--drain', '3s'],
];
const CELLS = ['--workers', '1,2', '--pool-size', '1,5', '--max-overflow', '0,10'];
const OUTCOMES: Readonly<Record<string, CellOutcome>> = {
  '1 × (1+0)': 'pool timeout',
  '1 × (1+10)': 'fine',
  '1 × (5+0)': 'fine',
  '1 × (5+10)': 'exhausted',
  '2 × (1+0)': 'pool timeout',
  '2 × (1+10)': 'exhausted',
  '2 × (5+0)': 'fine',
  '2 × (5+10)': 'exhausted',
};
const USABLE = 12;

fastapi.test.concurrent(
  'the FastAPI example is exhausted where that is predicted, and in no other cell',
  async () => {
    const swept = await sweep([...example(), ...CELLS]);
    expect(outcomesOf(swept)).toEqual(OUTCOMES);
    for (const [shape, { budget, service, connections }] of swept.trials) {
      const exhausted = OUTCOMES[shape] === 'exhausted';
      expect({ shape, ...budget }).toMatchObject({
        shape,
        predictedRefusals: exhausted,
        observedRefusals: exhausted,
        agrees: true,
        shapeKnown: true,
      });
      // PostgreSQL says the same, which no answer of the service had a hand in.
      expect({ shape, logged: (service?.refusalsLogged ?? 0) > 0 }).toEqual({
        shape,
        logged: exhausted,
      });
      expect(connections?.peakWorkers).toBeLessThanOrEqual(USABLE);
    }
    expect(swept.report).toContain('8 of 8 cells went as the arithmetic says (3 refused, 5 not)');
    expect(swept.report).toMatch(
      /create_engine\(url, pool_size=(?:5, max_overflow=0|1, max_overflow=10)\)/,
    );
  },
);

fastapi.test.concurrent(
  'SQLAlchemy’s own pool and the lab’s come to the same in every cell',
  async () => {
    const ours = await sweep([
      ...['--config', 'none', '--workload', 'hold', '--param', 'ms=100', ...LOAD, ...CELLS],
    ]);
    expect(outcomesOf(ours)).toEqual(OUTCOMES);
  },
);

/** As its own settings have it, but for a Python that is sure to have the packages. */
function example(): readonly string[] {
  const { python } = fastapi.get();
  // Both processes listen on one socket, and whoever wakes up first takes what is there: once 23 of 24
  // connections. With a connection for each request they come one by one, and both get their part.
  const uvicorn = `${python} -m uvicorn app:app --host 127.0.0.1 --port {port} --workers {workers}`;
  return [
    ...['--config', join(DIRECTORY, 'pool-lab.yaml'), '--service-directory', DIRECTORY],
    ...['--command', `${uvicorn} --no-access-log --header connection:close`],
    ...['--request', 'GET /work?ms=100', ...LOAD],
  ];
}
