import { expect, test } from 'vitest';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { type ErrorCode, LabError } from '../lab-error.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { orderTrials, type PlannedTrial } from '../plan/sweep/trial-order.ts';
import { fakeTrial } from '../test/fake-sweep.ts';
import { runSweep, type SweepMeasurer, type SweepRecord } from './sweep.ts';
import { SILENT } from './trial.ts';

function planOf(axes: Partial<SweepPlan['axes']> = {}, rounds = 1): SweepPlan {
  const { plan: base } = parseTrialPlan({ flags: {}, env: {} });
  return {
    schemaVersion: 1,
    axes: {
      workload: ['point'],
      load: [base.load.model],
      dbRttMs: [0],
      maxConnections: [100],
      poolKind: ['queue'],
      maxOverflow: [0],
      workers: [1],
      poolSize: [1, 2, 3],
      ...axes,
    },
    base,
    rounds,
    predictedSurge: 1,
    settings: {},
  };
}

const problem = (code: ErrorCode): LabError =>
  new LabError(code, { message: `${code} it is`, hint: 'none' });

interface Script {
  /** Before PostgreSQL is there, `start` from 1. */
  readonly onStart?: (start: number) => void;
  readonly onTrial?: (trial: PlannedTrial) => void | Promise<void>;
  /** When all of a PostgreSQL's trials are over. */
  readonly onTeardown?: (start: number) => void;
  readonly onRecord?: (line: string) => void;
}

/** Runs a sweep on fakes and keeps everything that happened, in order. */
async function sweep(
  trials: readonly PlannedTrial[],
  script: Script = {},
  stop = new AbortController(),
) {
  const events: string[] = [];
  const say = (line: string): void => {
    events.push(line);
    script.onRecord?.(line);
  };
  let starts = 0;
  const measurer: SweepMeasurer = {
    async withPostgres(settings, use) {
      starts += 1;
      const start = starts;
      events.push(`postgres ${settings.maxConnections}`);
      script.onStart?.(start);
      await using stack = new AsyncDisposableStack();
      stack.defer(() => {
        events.push('end');
        script.onTeardown?.(start);
      });
      return await use(async (trial) => {
        await script.onTrial?.(trial);
        return fakeTrial(trial);
      });
    },
  };
  const record: SweepRecord = {
    started: ({ id }) => say(`started ${id}`),
    measured: ({ id }, result) => say(`measured ${id} ${result.plan.pool.poolSize}`),
    failed: ({ id }, { code }) => say(`failed ${id} ${code}`),
  };
  const told: string[] = [];
  const outcome = await runSweep(trials, {
    measurer,
    record,
    hooks: {
      onTrial: ({ id }, position) => {
        told.push(`${position} ${id}`);
        return SILENT;
      },
      onMeasured: ({ id }, { state }: MeasuredTrial) => told.push(`${state} ${id}`),
      onFailed: ({ id }, { code }) => told.push(`${code} ${id}`),
      onTeardownFailed: ({ code }) => told.push(`teardown ${code}`),
    },
    signal: stop.signal,
  }).catch((error: unknown) => error);
  return { outcome, events, told };
}

const lines = (events: readonly string[], word: string): readonly string[] =>
  events.filter((line) => line.startsWith(word));

const failing =
  (code: ErrorCode, when: (trial: PlannedTrial) => boolean = () => true) =>
  (trial: PlannedTrial): void => {
    if (when(trial)) throw problem(code);
  };

test('all trials are measured in the order given, on one PostgreSQL where its settings stay', async () => {
  const trials = orderTrials(planOf({}, 2));
  const { outcome, events, told } = await sweep(trials);
  expect(outcome).toBe('completed');
  expect(events).toEqual([
    'postgres 100',
    ...trials.flatMap(({ id, plan }) => [`started ${id}`, `measured ${id} ${plan.pool.poolSize}`]),
    'end',
  ]);
  expect(told).toEqual(trials.flatMap(({ id }, at) => [`${at + 1} ${id}`, `measured ${id}`]));
});

test('PostgreSQL is started once for each stretch: A B, then B A saves one of four', async () => {
  const trials = orderTrials(planOf({ maxConnections: [30, 100] }, 2));
  const { events } = await sweep(trials);
  expect(lines(events, 'postgres')).toHaveLength(3);
  expect(lines(events, 'measured')).toHaveLength(12);
  const keys = lines(events, 'postgres');
  expect(keys[0]).toBe(keys[2]);
  expect(keys[0]).not.toBe(keys[1]);
});

test('nothing to measure starts nothing', async () => {
  expect(await sweep([])).toMatchObject({ outcome: 'completed', events: [] });
});

test('a trial that fails is recorded, PostgreSQL is started anew, and the sweep goes on', async () => {
  const trials = orderTrials(planOf({}, 2));
  const bad = trials[2];
  const { outcome, events, told } = await sweep(trials, {
    onTrial: failing('POSTGRES_DIED', (trial) => trial === bad),
  });
  expect(outcome).toBe('completed');
  expect(lines(events, 'failed')).toEqual([`failed ${bad?.id} POSTGRES_DIED`]);
  expect(lines(events, 'measured')).toHaveLength(5);
  expect(lines(events, 'postgres')).toHaveLength(2);
  expect(events.indexOf(`failed ${bad?.id} POSTGRES_DIED`)).toBe(
    events.lastIndexOf('postgres 100') - 1,
  );
  // The position goes on: what failed has been tried.
  expect(told.slice(4, 7)).toEqual([
    `3 ${bad?.id}`,
    `POSTGRES_DIED ${bad?.id}`,
    `4 ${trials[3]?.id}`,
  ]);
});

test('two failures in a row, then a success: the count begins anew', async () => {
  const trials = orderTrials(planOf({ poolSize: [1, 2, 3, 4, 5, 6] }));
  const { outcome, events } = await sweep(trials, {
    onTrial: failing('POSTGRES_DIED', (trial) => trials.indexOf(trial) % 3 !== 2),
  });
  expect(outcome).toBe('completed');
  expect(lines(events, 'failed')).toHaveLength(4);
  expect(lines(events, 'measured')).toHaveLength(2);
});

test('three failures in a row are the machine’s: the sweep stops with the last one’s error', async () => {
  const trials = orderTrials(planOf({ poolSize: [1, 2, 3, 4, 5, 6] }));
  const { outcome, events } = await sweep(trials, {
    onTrial: failing('LOAD_PROCESS_FAILED', (trial) => trials.indexOf(trial) >= 1),
  });
  expect(outcome).toMatchObject({ code: 'LOAD_PROCESS_FAILED' });
  expect(lines(events, 'failed')).toHaveLength(3);
  expect(lines(events, 'started')).toHaveLength(4);
});

test.each(['SERVER_NOT_READY', 'SERVICE_NOT_READY', 'SERVICE_ENDED'] as const)(
  'cells that fail by their own numbers, by %s, may be many in a row, but not without end',
  async (code) => {
    const poolSize = Array.from({ length: 24 }, (_, index) => index + 1);
    const trials = orderTrials(planOf({ poolSize }));
    const nine = await sweep(trials, {
      onTrial: failing(code, (trial) => trials.indexOf(trial) % 10 !== 9),
    });
    expect(nine.outcome).toBe('completed');
    expect(lines(nine.events, 'measured')).toHaveLength(2);
    const all = await sweep(trials, { onTrial: failing(code) });
    expect(all.outcome).toMatchObject({ code });
    expect(lines(all.events, 'failed')).toHaveLength(10);
  },
);

test('what no trial could do better is told at once, not for every trial', async () => {
  const { outcome, events } = await sweep(orderTrials(planOf({}, 3)), {
    onTrial: failing('CONFIG_INVALID'),
  });
  expect(outcome).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(lines(events, 'started')).toHaveLength(1);
  expect(lines(events, 'failed')).toHaveLength(1);
});

test('a PostgreSQL that does not start fails its own trials, and no others', async () => {
  const trials = orderTrials(planOf({ maxConnections: [30, 100] }));
  const { outcome, events, told } = await sweep(trials, {
    onStart: (start) => {
      if (start === 1) throw problem('POSTGRES_START_FAILED');
    },
  });
  expect(outcome).toBe('completed');
  expect(lines(events, 'failed')).toEqual(
    trials.slice(0, 3).map(({ id }) => `failed ${id} POSTGRES_START_FAILED`),
  );
  expect(lines(events, 'started')).toHaveLength(3);
  expect(told.slice(0, 4)).toEqual([
    ...trials.slice(0, 3).map(({ id }) => `POSTGRES_START_FAILED ${id}`),
    `4 ${trials[3]?.id}`,
  ]);
});

test('a PostgreSQL that never starts stops the sweep after three settings', async () => {
  const trials = orderTrials(planOf({ maxConnections: [30, 40, 50, 60, 70] }));
  const { outcome, events } = await sweep(trials, {
    onStart: () => {
      throw problem('POSTGRES_START_FAILED');
    },
  });
  expect(outcome).toMatchObject({ code: 'POSTGRES_START_FAILED' });
  expect(lines(events, 'postgres')).toHaveLength(3);
});

test('without the binaries no trial is called failed: none was tried, all are to come', async () => {
  const { outcome, events } = await sweep(orderTrials(planOf()), {
    onStart: () => {
      throw problem('BINARIES_MISSING');
    },
  });
  expect(outcome).toMatchObject({ code: 'BINARIES_MISSING' });
  expect(events).toEqual(['postgres 100']);
});

test('a bug is not a failed trial: it is thrown as it is', async () => {
  const bug = new TypeError('undefined is not a pool');
  const { outcome, events } = await sweep(orderTrials(planOf()), {
    onTrial: () => {
      throw bug;
    },
  });
  expect(outcome).toBe(bug);
  expect(lines(events, 'failed')).toEqual([]);
  expect(events.at(-1)).toBe('end');
});

test.each([
  [
    'while PostgreSQL starts',
    (stop: AbortController): Script => ({
      onStart: () => {
        stop.abort();
        throw stop.signal.reason;
      },
    }),
    0,
  ],
  [
    'inside the second trial, which is cut short',
    (stop: AbortController, trials: readonly PlannedTrial[]): Script => ({
      onTrial: (trial) => {
        if (trial === trials[1]) stop.abort();
      },
    }),
    1,
  ],
  [
    'inside the second trial, which throws',
    (stop: AbortController, trials: readonly PlannedTrial[]): Script => ({
      onTrial: (trial) => {
        if (trial !== trials[1]) return;
        stop.abort();
        throw stop.signal.reason;
      },
    }),
    1,
  ],
  [
    'inside the second trial, which fails for being stopped',
    (stop: AbortController, trials: readonly PlannedTrial[]): Script => ({
      onTrial: (trial) => {
        if (trial !== trials[1]) return;
        stop.abort();
        throw problem('LOAD_PROCESS_FAILED');
      },
    }),
    1,
  ],
  [
    'between two trials',
    (stop: AbortController, trials: readonly PlannedTrial[]): Script => ({
      onRecord: (line) => {
        if (line.startsWith(`measured ${trials[0]?.id}`)) stop.abort();
      },
    }),
    1,
  ],
  [
    'while PostgreSQL ends',
    (stop: AbortController): Script => ({
      onTeardown: () => {
        stop.abort();
        throw stop.signal.reason;
      },
    }),
    3,
  ],
] as const)(
  'stopped %s: nothing is recorded of what was under way',
  async (_, script, measured) => {
    const stop = new AbortController();
    const trials = orderTrials(planOf());
    const { outcome, events } = await sweep(trials, script(stop, trials), stop);
    expect(outcome).toBe('stopped');
    expect(lines(events, 'measured')).toHaveLength(measured);
    expect(lines(events, 'failed')).toEqual([]);
  },
);

test('stopped before it begins, it starts nothing', async () => {
  const stop = new AbortController();
  stop.abort();
  expect(await sweep(orderTrials(planOf()), {}, stop)).toMatchObject({
    outcome: 'stopped',
    events: [],
  });
});

test.each(['started', 'measured', 'failed'])(
  'when "%s" cannot be written down, nothing more is measured, stopped or not',
  async (word) => {
    for (const stopped of [false, true]) {
      const stop = new AbortController();
      const trials = orderTrials(planOf());
      const { outcome, events, told } = await sweep(
        trials,
        {
          onTrial: word === 'failed' ? failing('POSTGRES_DIED') : () => undefined,
          onRecord: (line) => {
            if (!line.startsWith(word)) return;
            if (stopped) stop.abort();
            throw problem('RUN_DIRECTORY_UNWRITABLE');
          },
        },
        stop,
      );
      expect(outcome).toMatchObject({ code: 'RUN_DIRECTORY_UNWRITABLE' });
      expect(lines(events, word)).toHaveLength(1);
      expect(lines(events, 'postgres')).toHaveLength(1);
      expect(told).toEqual(word === 'started' ? [] : [`1 ${trials[0]?.id}`]);
    }
  },
);

test('an end that goes wrong fails no trial: all were safe before', async () => {
  const trials = orderTrials(planOf({ maxConnections: [30, 100] }));
  const { outcome, events, told } = await sweep(trials, {
    onTeardown: (start) => {
      if (start === 1) throw problem('DATABASE_UNREACHABLE');
    },
  });
  expect(outcome).toBe('completed');
  expect(lines(events, 'measured')).toHaveLength(6);
  expect(lines(events, 'failed')).toEqual([]);
  expect(lines(told, 'teardown')).toEqual(['teardown DATABASE_UNREACHABLE']);
});

test('where the end goes wrong too, the trial is failed by what went wrong first', async () => {
  const trials = orderTrials(planOf());
  const { outcome, events } = await sweep(trials, {
    onTrial: failing('POSTGRES_DIED', (trial) => trial === trials[1]),
    onTeardown: (start) => {
      if (start === 1) throw new Error('nothing to end');
    },
  });
  expect(outcome).toBe('completed');
  expect(lines(events, 'failed')).toEqual([`failed ${trials[1]?.id} POSTGRES_DIED`]);
  expect(lines(events, 'measured')).toHaveLength(2);
});
