import { expect, test } from 'vitest';
import { differenceText } from './fact-words.ts';

test.each([
  ['pool.poolSize', 4, 50, 'pool-size 4 against 50'],
  ['pool.poolSize', 0, 50, 'pool-size unlimited against 50'],
  ['pool.maxOverflow', 10, -1, 'max-overflow 10 against unlimited'],
  ['pool.poolTimeoutMs', 30_000, 500, 'pool-timeout 30s against 500ms'],
  ['pool.maxWaiting', null, 20, 'max-waiting none against 20'],
  ['workers', 1, 4, 'workers 1 against 4'],
  ['postgres.maxConnections', 100, 60, 'max-connections 100 against 60'],
  ['postgres.extra.work_mem', '4MB', null, 'pg-setting work_mem 4MB against none'],
  ['rolloutSurge', 0, 1, 'rollout 0 against 1'],
  ['pooler', null, 'pgbouncer', 'pooler none against pgbouncer'],
  ['pooler.defaultPoolSize', 20, 5, 'pooler-size 20 against 5'],
  ['preparedStatements', 'on', 'off', 'prepared-statements on against off'],
  ['distance.rttMs', 0, 0.5, 'db-rtt 0 against 0.5ms'],
  ['distance.bandwidthMbit', 1_000, 100, 'db-bandwidth 1gbit against 100mbit'],
  ['workloadParams.ms', '20', '40', 'param ms 20 against 40'],
  ['load.model.connections', 64, 8, 'connections 64 against 8'],
  ['load.model.stages', '100/s:10s', '200/s:10s', 'stages 100/s:10s against 200/s:10s'],
  ['load.retry.retriesMax', 3, null, 'retries 3 against none'],
  ['gates.roundsSpread', 0.15, 0.5, 'gates rounds-spread 0.15 against 0.5'],
  ['environment.cpuModel', 'one', 'another', 'environment cpu-model one against another'],
  [
    'environment.postgres.version',
    '18.4',
    '17.0',
    'environment postgres version 18.4 against 17.0',
  ],
])('%s of %j and %j is said as it would be typed', (path, left, right, text) => {
  expect(differenceText({ path, left, right })).toBe(text);
});

test('memory is shown in units and exactly', () => {
  const path = 'environment.memoryBytes';
  expect(differenceText({ path, left: 8_589_934_592, right: 4_294_967_296 })).toBe(
    'environment memory 8.0 GiB (8589934592) against 4.0 GiB (4294967296)',
  );
});

test('a terminal obeys nothing that stands in a setting', () => {
  const text = differenceText({
    path: 'postgres.extra.a\u001b[31mb',
    left: '\u001b]0;title\u0007',
    right: 'two\nlines',
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
