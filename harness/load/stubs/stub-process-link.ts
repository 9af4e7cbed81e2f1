import { entryPoint } from '../../entry-point.ts';
import { forkMeasuring, ProcessLink } from '../process-link.ts';
import { type StubCommand, type StubReport, stubReportSchema } from './stub-message.ts';
import type { StubPlan, StubTruth } from './stub-server.ts';
import type { CanaryReading } from './timer-canary.ts';

/** Node starts in 0.2 to 0.5 s, on a machine that is busy with other things in a few seconds. */
const READY_DEADLINE_MS = 15_000;
/** Starting to listen, or handing over a record of some thousand requests. */
const ANSWER_DEADLINE_MS = 5_000;

/** A stub that serves until it is stopped, and then tells the truth. */
export interface RunningStub {
  readonly origin: string;
  stop(): Promise<{ readonly truth: StubTruth; readonly canary: CanaryReading }>;
}

/** A process that serves one stub after the other. */
export interface StubProcess extends AsyncDisposable {
  readonly pid: number;
  serve(plan: StubPlan): Promise<RunningStub>;
}

/**
 * Starts the stub process, in a group of its own so that a terminal's Ctrl-C leaves it to the
 * harness. It ends with this process, whatever ends that.
 *
 * @throws LabError LOAD_PROCESS_FAILED, here and from a stub whose process dies or gets stuck
 */
export async function openStubProcess(): Promise<StubProcess> {
  const child = forkMeasuring(entryPoint(import.meta.url, './stub-process'));
  const link = new ProcessLink<StubCommand, StubReport>(child, {
    name: "the self-test's stub process",
    reportSchema: stubReportSchema,
  });
  try {
    await link.ask(null, 'ready', READY_DEADLINE_MS);
  } catch (error) {
    await link.close();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    serve: async (plan) => {
      const { origin } = await link.ask({ type: 'start', plan }, 'started', ANSWER_DEADLINE_MS);
      return { origin, stop: () => link.ask({ type: 'stop' }, 'stopped', ANSWER_DEADLINE_MS) };
    },
    [Symbol.asyncDispose]: () => link.close(),
  };
}
