import { expect, test } from 'vitest';
import { wayTrial } from '../analysis/ways/test/sample-ways.ts';
import { LabError } from '../lab-error.ts';
import type { RawFlags } from '../plan/option-table.ts';
import type { PlannedTrial } from '../plan/sweep/trial-order.ts';
import { parseWays } from '../plan/ways/parse-ways.ts';
import { WAYS } from '../plan/ways/way.ts';
import type { ChosenPostgres } from '../postgres/chosen-postgres.ts';
import { FOUND_DATABASE } from '../postgres/test/found-database.ts';
import { createFakeMeasurer } from '../test/fake-sweep.ts';
import { recordingIo } from '../test/recording-io.ts';
import { createPgbouncerCommand } from './pgbouncer.ts';

/** Runs the command on a lab that takes no time, and says what it measured and what it printed. */
async function compared(
  flags: RawFlags,
  given: {
    readonly measure?: (trial: PlannedTrial) => ReturnType<typeof wayTrial>;
    readonly missing?: boolean;
    readonly signal?: AbortSignal;
  } = {},
) {
  const measured: string[] = [];
  const on: ChosenPostgres[] = [];
  const command = createPgbouncerCommand({
    requirePgbouncer: () =>
      given.missing === true
        ? Promise.reject(
            new LabError('PGBOUNCER_MISSING', { message: 'there is none', hint: 'install it' }),
          )
        : Promise.resolve(),
    choosePostgres: async (asked) =>
      asked.kind === 'url' ? { kind: 'url', database: FOUND_DATABASE } : asked,
    createMeasurer: ({ postgres }) => {
      on.push(postgres);
      return createFakeMeasurer((trial) => {
        measured.push(trial.id);
        return (given.measure ?? sound)(trial);
      });
    },
  });
  const io = recordingIo(given.signal === undefined ? {} : { signal: given.signal });
  const exitCode = await command
    .run(flags, io, [])
    .catch((error: unknown) =>
      error instanceof LabError ? error.exitCode : Promise.reject(error),
    );
  return { measured, on, exitCode, stdout: io.stdoutText(), stderr: io.stderrText() };
}

/** Ten times as fast with a pool, and refused without one where nothing is in between. */
function sound({ cell, round, plan }: PlannedTrial) {
  const way = WAYS.find((it) => it === cell.id) ?? 'pool';
  const plans = { pool: plan, small_pool_pgbouncer: plan, no_pool: plan, no_pool_pgbouncer: plan };
  const pooled = plan.pool.kind === 'queue';
  return wayTrial(
    way,
    { rounds: 1, plans },
    {
      number: round,
      round: { goodput: (pooled ? 1_000 : 100) + round, refused: way === 'no_pool' ? 50 : 0 },
    },
  );
}

test('every way is measured in every round, and the answer printed', async () => {
  const { measured, exitCode, stdout } = await compared({ rounds: '2' });
  expect(measured).toHaveLength(8);
  expect(new Set(measured).size).toBe(8);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^A pool alone, 4 × \(5\+0\)/);
});

test('with --json the result is a document, and nothing else', async () => {
  const { stdout } = await compared({ json: true, rounds: '1' });
  expect(JSON.parse(stdout)).toMatchObject({ state: 'ways', roundsAsked: 1 });
});

test('without a PgBouncer nothing is measured, and the exit code says what is missing', async () => {
  expect(await compared({}, { missing: true })).toMatchObject({ measured: [], exitCode: 3 });
});

test('on a server that is not the lab’s, no way may take the last slots unless it is allowed to', async () => {
  const onTheirs = { postgres: 'url', rounds: '1' };
  expect(await compared(onTheirs)).toMatchObject({ measured: [], exitCode: 5 });
  const few = { ...onTheirs, workers: '1', poolSize: '2', connections: '4' };
  expect((await compared(few)).measured).toHaveLength(4);
  expect((await compared({ ...onTheirs, exhaust: true })).measured).toHaveLength(4);
});

test.each<[RawFlags, ChosenPostgres, string]>([
  [{}, { kind: 'embedded' }, 'starting PostgreSQL\n'],
  [
    { postgres: 'docker' },
    { kind: 'docker', image: 'postgres:18', version: 18 },
    'starting a container of postgres:18\n',
  ],
  [
    { postgres: 'url', exhaust: true },
    { kind: 'url', database: FOUND_DATABASE },
    'using PostgreSQL 16.2 at db:5432\n',
  ],
])('with %j it measures on the PostgreSQL that was asked for', async (flags, postgres, said) => {
  const { on, stderr } = await compared({ rounds: '1', ...flags });
  expect(on).toEqual([postgres]);
  expect(stderr).toContain(said);
});

test('a way that must not be believed ends in 6', async () => {
  const { exitCode } = await compared(
    { rounds: '1' },
    {
      measure: (trial) => ({
        ...sound(trial),
        verdict: trial.cell.id === 'no_pool_pgbouncer' ? 'INVALID' : 'VALID',
      }),
    },
  );
  expect(exitCode).toBe(6);
});

test('a trial that fails costs its round, and the status is its own', async () => {
  const { measured, exitCode, stdout, stderr } = await compared(
    { rounds: '2' },
    {
      measure: (trial) => {
        if (trial.id !== 'no_pool-r1') return sound(trial);
        throw new LabError('SERVER_NOT_READY', { message: 'it was not ready', hint: 'look again' });
      },
    },
  );
  expect(measured).toHaveLength(8);
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/^INCOMPLETE: /);
  expect(stderr).toContain('it was not ready\n→ look again');
});

test('stopped in the middle, what was measured is printed', async () => {
  const stop = new AbortController();
  const { measured, exitCode, stdout } = await compared(
    { rounds: '2' },
    {
      signal: stop.signal,
      measure: (trial) => {
        if (trial.id === 'no_pool-r2') stop.abort();
        return sound(trial);
      },
    },
  );
  expect(measured.at(-1)).toBe('no_pool-r2');
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/^INCOMPLETE: /);
  expect(stdout.replace(/\s+/g, ' ')).toContain('5 of 8 trials are measured');
});

test.each(
  createPgbouncerCommand({
    requirePgbouncer: neverAsked,
    createMeasurer: neverAsked,
    choosePostgres: neverAsked,
  }).examples,
)('its example is understood: $line', ({ line }) => {
  const words = line.split(' ').slice(2);
  const flags = words.flatMap((word, index): [string, string | boolean][] => {
    if (!word.startsWith('--')) return [];
    const name = word.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const next = words[index + 1];
    return [[name, next === undefined || next.startsWith('--') ? true : next]];
  });
  expect(parseWays({ flags: Object.fromEntries(flags), env: {} }).warnings).toEqual([]);
});

function neverAsked(): never {
  throw new Error('nothing is measured');
}
