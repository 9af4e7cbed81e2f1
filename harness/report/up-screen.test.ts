import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { openPlan } from './test/sample-situations.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { upScreen } from './up-screen.ts';

const address = { host: '127.0.0.1', port: 5_433, database: 'lab' };
const screen = (loaded: boolean): string =>
  upScreen(
    {
      plan: openPlan(),
      url: 'http://127.0.0.1:1/',
      adminUrl: 'http://127.0.0.1:2',
      superuser: { ...address, user: 'postgres' },
      api: { user: 'api' },
      passwordFile: '/tmp/pgpass',
      others: 1,
      loaded,
      environment: sampleTrial().environment,
    },
    { columns: 80, paint: createPaint(false) },
  );

test('the load that runs is named, or how to bring one', () => {
  expect(screen(true)).toContain(
    'The load of point, 800/s poisson (seed 1), at most 256 in flight',
  );
  expect(screen(true)).not.toContain('xargs');
  expect(screen(false)).toMatch(/Exhaust it\n {2}seq 60 \| xargs -P 60/);
});

test('it ends with what carries over and how to stop it', () => {
  expect(screen(false).replace(/\s+/g, ' ')).toMatch(
    /CARRIES OVER .* DOES NOT .* UNKNOWN .* Ctrl-C stops everything\. $/,
  );
});
