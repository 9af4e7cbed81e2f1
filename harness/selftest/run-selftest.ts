import type { UncorrectedResult } from '../load/autocannon-adapter.ts';
import type { LoadRequest, LoadResult } from '../load/load-engine.ts';
import type { RunningStub, StubProcess } from '../load/stubs/stub-process-link.ts';
import { TimerCanary } from '../load/stubs/timer-canary.ts';
import { hostBetween, readHostHealth } from '../runner/host-health.ts';
import { type Family, type Row, rowId } from './family.ts';
import { closedLoad, openLoad } from './load-request.ts';
import {
  judgeRow,
  type RowResult,
  SELFTEST_JSON_VERSION,
  type SelftestResult,
} from './selftest-result.ts';

/** What the self-test needs of a load process; a session of the lab has more. */
export interface LoadUnderTest {
  run(
    request: LoadRequest,
    hooks: { readonly signal: AbortSignal; readonly onProgress: () => void },
  ): Promise<LoadResult>;
  runUncorrected(request: LoadRequest): Promise<UncorrectedResult>;
}

export interface SelftestDeps {
  readonly load: LoadUnderTest;
  readonly stubs: StubProcess;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Both engines once, unmeasured: the first run of a process is compiled while it runs. */
const WARM_UP = {
  stub: { serviceMs: 2 },
  closed: closedLoad({ connections: 8, durationMs: 500, drainMs: 100 }),
  open: openLoad({
    perSecond: 1_000,
    arrivals: 'poisson',
    maxInFlight: 32,
    durationMs: 500,
    drainMs: 100,
  }),
} as const;

/**
 * Runs the given rows, one after the other on fresh stubs. Where it is stopped, the rows measured until
 * then are kept; the row under way is not.
 */
export async function runSelftest(
  families: readonly Family[],
  deps: SelftestDeps,
): Promise<SelftestResult> {
  const startedMs = performance.now();
  const rows: RowResult[] = [];
  const engineVersions: Record<string, string> = {};
  const rowsPlanned = families.reduce((sum, family) => sum + family.rows.length, 0);
  deps.say('warming up');
  await warmUp(deps);
  for (const family of families) {
    if (deps.signal.aborted) break;
    deps.say(`${family.title}: autocannon alone`);
    const uncorrected = await runUncorrected(family, deps);
    for (const row of family.rows) {
      if (deps.signal.aborted) break;
      deps.say(`${family.title}: ${rowId(family, row)} (${rows.length + 1} of ${rowsPlanned})`);
      const { load, result } = await runRow({ family, row, uncorrected }, deps);
      if (load.ended === 'aborted') break;
      engineVersions[row.engine] = load.engineVersion;
      rows.push(result);
    }
  }
  return {
    schemaVersion: SELFTEST_JSON_VERSION,
    rows,
    rowsPlanned,
    engineVersions,
    durationMs: performance.now() - startedMs,
  };
}

/** The families that still have a row among the chosen ones, with those rows. */
export function chooseRows(
  families: readonly Family[],
  chosen: ReadonlySet<string>,
): readonly Family[] {
  return families
    .map((family) => ({
      ...family,
      rows: family.rows.filter((row) => chosen.has(rowId(family, row))),
    }))
    .filter(({ rows }) => rows.length > 0);
}

async function runRow(
  {
    family,
    row,
    uncorrected,
  }: { readonly family: Family; readonly row: Row; readonly uncorrected: UncorrectedResult },
  { load, stubs, signal }: SelftestDeps,
): Promise<{ readonly load: LoadResult; readonly result: RowResult }> {
  const running = await stubs.serve(family.stub);
  const startedMs = performance.now();
  const hostBefore = readHostHealth();
  const canary = new TimerCanary();
  const request = row.load(running.origin);
  const measured = await stopAlso(running, canary, () =>
    load.run(request, { signal, onProgress: () => undefined }),
  );
  const host = hostBetween(hostBefore, readHostHealth(), performance.now() - startedMs);
  const { result, harness, truth, stub } = measured;
  const noise = { stub, harness, host, generatorMsP99: result.generator.eventLoopDelayMsP99 };
  const seen = { request, load: result, truth, uncorrected };
  return { load: result, result: judgeRow({ family, row }, { seen, noise }) };
}

/** Whatever the run does: the canary ends before the stub is asked, and the stub is stopped. */
async function stopAlso(
  running: RunningStub,
  canary: TimerCanary,
  measure: () => Promise<LoadResult>,
) {
  let result: LoadResult;
  try {
    result = await measure();
  } catch (error) {
    canary.stop();
    await running.stop();
    throw error;
  }
  const harness = canary.stop();
  const { truth, canary: stub } = await running.stop();
  return { result, harness, truth, stub };
}

async function runUncorrected(
  { stub, uncorrected }: Family,
  { load, stubs }: SelftestDeps,
): Promise<UncorrectedResult> {
  const running = await stubs.serve(stub);
  try {
    return await load.runUncorrected(closedLoad({ ...uncorrected, drainMs: 0 })(running.origin));
  } finally {
    await running.stop();
  }
}

async function warmUp({ load, stubs, signal }: SelftestDeps): Promise<void> {
  const running = await stubs.serve(WARM_UP.stub);
  const hooks = { signal, onProgress: () => undefined };
  try {
    await load.run(WARM_UP.closed(running.origin), hooks);
    await load.run(WARM_UP.open(running.origin), hooks);
  } finally {
    await running.stop();
  }
}
