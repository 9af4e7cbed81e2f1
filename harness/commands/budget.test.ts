import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import type { RawFlags } from '../plan/option-table.ts';
import { recordingIo } from '../test/recording-io.ts';
import { budgetCommand } from './budget.ts';

async function budget(flags: RawFlags, columns = 80) {
  // Variables that a trial would read must not change an answer about a deployment.
  const io = recordingIo({ columns, env: { POOL_LAB_WORKERS: '64', POOL_LAB_JSON: 'yes' } });
  const exitCode = await budgetCommand.run(flags, io, []);
  return { exitCode, stdout: io.stdoutText(), stderr: io.stderrText() };
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

test('over: the first line says what can be opened and what is usable, exit 99', async () => {
  const { exitCode, stdout, stderr } = await budget(
    { preset: 'fastapi', replicas: '6', workers: '4' },
    100,
  );
  expect(exitCode).toBe(99);
  expect(firstLine(stdout)).toBe(
    'OVER: 6 replicas × 4 workers × (5+10) can open 360; 97 are usable at max_connections 100',
  );
  expect(stdout).toContain(
    'connection 98 gets FATAL: remaining connection slots are reserved for roles with',
  );
  expect(stdout).toContain('create_engine(url, pool_size=2, max_overflow=1)');
  expect(stdout).toContain('max_connections = 483');
  expect(stderr).toBe('');
});

test('a shape that a deploy would break exits 99 too: the deploy will be refused', async () => {
  const { exitCode, stdout } = await budget(
    {
      poolSize: '4',
      maxOverflow: '2',
      workers: '1',
      replicas: '4',
      maxConnections: '30',
      others: '1',
    },
    100,
  );
  expect(exitCode).toBe(99);
  expect(firstLine(stdout)).toBe(
    'FITS, BUT NOT DURING A DEPLOY: 4 replicas × 1 worker × (4+2) = 24 of 26 usable; a rolling deploy',
  );
});

test('what survives the deploy exits 0 and breaks nothing', async () => {
  const { exitCode, stdout } = await budget({
    poolSize: '3',
    maxOverflow: '2',
    workers: '1',
    replicas: '4',
    maxConnections: '30',
    others: '1',
  });
  expect(exitCode).toBe(0);
  expect(firstLine(stdout)).toMatch(/^FITS: /);
  expect(stdout).not.toContain('BREAKS');
  expect(stdout).not.toContain('✗');
});

test('the autoscaler’s maximum has rows of its own', async () => {
  const { exitCode, stdout } = await budget({
    poolSize: '2',
    maxOverflow: '0',
    workers: '2',
    replicas: '4',
    hpaMax: '40',
  });
  expect(exitCode).toBe(99);
  expect(firstLine(stdout)).toMatch(/^FITS, BUT NOT WHEN SCALED OUT/);
  expect(stdout).toMatch(/✗ {2}scaled out +40 +80 +160 {2}63 too many/);
  expect(stdout).toMatch(/✗ {2}deploy scaled out \(\+25%\) +50 +100 +200 {2}103 too many/);
});

test('the role decides about the limit and about PostgreSQL’s words', async () => {
  const flags = { workers: '30', poolSize: '5', maxOverflow: '0', reserved: '5', maxSurge: '0' };
  expect((await budget(flags)).stdout).toContain('"pg_use_reserved_connections"');
  expect((await budget({ ...flags, role: 'reserved' }, 200)).stdout).toContain(
    'connection 98 gets FATAL: remaining connection slots are reserved for roles with',
  );
  expect((await budget({ ...flags, role: 'superuser' }, 200)).stdout).toContain(
    'connection 101 gets FATAL: sorry, too many clients already',
  );
});

test('a library that keeps no limit is called unbounded', async () => {
  const { exitCode, stdout } = await budget({ preset: 'go' });
  expect(exitCode).toBe(99);
  expect(firstLine(stdout)).toMatch(/^UNBOUNDED: 1 worker × unlimited has no limit/);
  expect(stdout).not.toContain('OR  ');
});

test('the answer can be spelt in another dialect than the preset’s', async () => {
  const { stdout } = await budget({ preset: 'fastapi', dialect: 'hikari' }, 200);
  expect(stdout).toContain('maximumPoolSize=12 minimumIdle=12');
});

test('an assumed number of processes is shown as an assumption, a given one is not', async () => {
  expect((await budget({ preset: 'rails' })).stdout).toContain(
    '2 processes a replica (puma workers)',
  );
  expect((await budget({ preset: 'rails', workers: '2' })).stdout).not.toContain('a replica');
});

test('JSON has the same verdict, every situation and the advice', async () => {
  const { exitCode, stdout } = await budget({ preset: 'fastapi', replicas: '6', json: true });
  expect(exitCode).toBe(99);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    verdict: 'over',
    preset: 'fastapi',
    usable: 97,
    situations: [
      { situation: 'floor', connections: 120, fits: false },
      { situation: 'ceiling', connections: 360, fits: false },
      { situation: 'rollout', connections: 480, fits: false },
    ],
    refusal: { sqlstate: '53300', reason: 'superuser_reserved' },
    largestSafe: { shape: { poolSize: 2, maxOverflow: 1 }, connections: 96 },
    maxConnectionsNeeded: 483,
  });
});

test('no line but the commands to copy is wider than the terminal', async () => {
  for (const columns of [60, 80, 120]) {
    const { stdout } = await budget({ preset: 'prisma6', replicas: '60', hpaMax: '90' }, columns);
    const wide = stdout
      .split('\n')
      .filter((line) => [...line].length > columns && !line.includes('npx pool-lab'));
    expect(wide.filter((line) => !/^ {2}[✓✗ ]/.test(line))).toEqual([]);
  }
});

test.each<[RawFlags, string]>([
  [{ preset: 'fastpi' }, '--preset "fastpi" is not known (did you mean fastapi?)'],
  [{ preset: 'hikri' }, '--preset "hikri" is not known (did you mean hikari?)'],
  [{ maxSurge: '25 %' }, '--max-surge "25 %" is neither a count nor a percentage'],
  [{ maxSurge: '101%' }, '--max-surge "101%" is above 100%'],
  [{ hpaMax: '2', replicas: '3' }, '--hpa-max "2" is below --replicas 3'],
  [{ replicas: '0' }, '--replicas "0" is below 1'],
  [{ superuserReserved: '100' }, 'reserve every slot of max_connections 100'],
  [{ role: 'root' }, '--role "root" is not known'],
])('%j is refused: %s', async (flags, says) => {
  await expect(budget(flags)).rejects.toBeInstanceOf(LabError);
  await expect(budget(flags)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(says),
  });
});
