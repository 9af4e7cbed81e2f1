import type { UncorrectedResult } from '../load/closed/autocannon-adapter.ts';
import type { LoadRequest, LoadResult } from '../load/load-engine.ts';
import type { RunningStub, StubProcess } from '../load/stubs/stub-process-link.ts';
import { type Stretch, TimerCanary } from '../load/stubs/timer-canary.ts';
import { hostBetween, readHostHealth } from '../runner/host-health.ts';
import { type Family, type Row, rowId, type UncorrectedObservation } from './family.ts';
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
  /** Whether plain autocannon is asked too, which costs a second or two for each kind of stub. */
  readonly withAutocannon: boolean;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/**
 * Both engines once, unmeasured, the callers with think time as in the first row: a process compiles what
 * it runs while it runs it, and again when it has run it some thousand times. Half as long a warm-up costs the first rows 1 ms at their 99th percentile.
 */
const WARM_UP = {
  stub: { serviceMs: 1 },
  closed: closedLoad({ connections: 16, thinkTimeMs: 1, durationMs: 2_000, drainMs: 100 }),
  open: openLoad({
    perSecond: 2_000,
    arrivals: 'poisson',
    maxInFlight: 64,
    durationMs: 1_000,
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
    if (deps.withAutocannon) deps.say(`${family.title}: autocannon alone`);
    const uncorrected = deps.withAutocannon ? await runUncorrected(family, deps) : null;
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
  }: {
    readonly family: Family;
    readonly row: Row;
    readonly uncorrected: UncorrectedObservation | null;
  },
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
    canary.stop(NO_TIME);
    await running.stop();
    throw error;
  }
  const harness = canary.stop(loadStretch(result));
  const { truth, canary: stub } = await running.stop();
  return { result, harness, truth, stub };
}

const NO_TIME: Stretch = { fromMs: 0, untilMs: 0 };

/** When there was load, by this process's clock; the engine tells its start by the wall clock. */
function loadStretch({ startedAtMs, durationMs, drainMs }: LoadResult): Stretch {
  const fromMs = startedAtMs - performance.timeOrigin;
  return { fromMs, untilMs: fromMs + durationMs + drainMs };
}

async function runUncorrected(
  { stub, uncorrected }: Family,
  { load, stubs }: SelftestDeps,
): Promise<UncorrectedObservation> {
  const running = await stubs.serve(stub);
  const request = closedLoad({ ...uncorrected, drainMs: 0 })(running.origin);
  let result: UncorrectedResult;
  try {
    result = await load.runUncorrected(request);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { ...result, truth: (await running.stop()).truth };
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
