import { expect, test } from 'vitest';
import { parseTrialPlan } from '../parse-trial-plan.ts';

const TARGET = { target: 'http://127.0.0.1:8080' } as const;
const WATCHED = { ...TARGET, postgres: 'url' } as const;
const COMMAND = { command: 'node server.js --port {port}' } as const;

test.each([
  [TARGET, 'pg.connections.peak<10', 'is not in sight'],
  [TARGET, 'pg.connections.peak<0.8*usable', 'is not in sight'],
  [TARGET, 'latency.p99<50ms', null],
  [TARGET, 'refused==0', null],
  [TARGET, 'errors.pool_timeout==0', null],
  [TARGET, 'throughput>10/s', null],
  [TARGET, 'cpu.api<1', 'was started elsewhere'],
  [TARGET, 'pool.waiting.peak<3', 'a service does not'],
  [WATCHED, 'pg.connections.peak<0.8*usable', null],
  [WATCHED, 'pool.timeouts==0', 'a service does not'],
  [COMMAND, 'pg.connections.peak<0.8*usable', null],
  [COMMAND, 'cpu.api<1', null],
  [COMMAND, 'api.event_loop<0.5', 'a service does not'],
  [{}, 'pool.timeouts==0', null],
])('of %j the threshold %s is refused: %s', (flags, threshold, problem) => {
  const parse = () => parseTrialPlan({ flags: { ...flags, threshold: [threshold] }, env: {} });
  if (problem === null) expect(parse).not.toThrow();
  else {
    expect(parse).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(new RegExp(`^--threshold .*${problem}`)),
      }),
    );
  }
});
