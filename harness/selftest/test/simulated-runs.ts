import { RunRecorder } from '../../load/account/run-recorder.ts';
import type { LoadRequest, LoadResult } from '../../load/load-engine.ts';
import { US_PER_MS } from '../../load/monotonic-clock.ts';
import { runOpenLoad } from '../../load/open/open-engine.ts';
import type { StubPlan } from '../../load/stubs/stub-server.ts';
import { VirtualTimeline } from '../../load/test/virtual-timeline.ts';
import type { Observation } from '../family.ts';
import { answerOf, SimulatedStub } from './simulated-stub.ts';

const IDLE_GENERATOR = {
  threads: 1,
  cpuMs: 0,
  eventLoopUtilization: 0,
  eventLoopDelayMsP99: 0,
  stalledMs: 0,
} as const;

export const ORIGIN = 'http://127.0.0.1:1';

/** The open engine itself, on a virtual clock against a simulated stub. */
export async function simulateOpen(plan: StubPlan, request: LoadRequest): Promise<Observation> {
  const timeline = new VirtualTimeline();
  const stub = new SimulatedStub(plan, timeline);
  const hooks = { signal: new AbortController().signal, onProgress: () => undefined };
  const load = await timeline.drive(
    runOpenLoad(request, hooks, undefined, {
      timeline,
      openWire: stub.openWire,
      startMeter: () => ({ recentUtilization: () => 0, stop: () => IDLE_GENERATOR }),
    }),
  );
  return { request, load, truth: stub.truth(), uncorrected: null };
}

/** A closed loop of the plainest kind, which the recorder is told of as an engine would. */
export async function simulateClosed(plan: StubPlan, request: LoadRequest): Promise<Observation> {
  if (request.model.kind !== 'closed') throw new Error('not a request for the closed loop');
  const timeline = new VirtualTimeline();
  const stub = new SimulatedStub(plan, timeline);
  const recorder = new RunRecorder({ ...request, clock: timeline.nowUs });
  const unanswered = new Set<() => void>();
  const ask = (): void => {
    const flight = recorder.begin();
    recorder.sent(flight);
    const giveUp = (): void => recorder.end(flight, { kind: 'unanswered' });
    unanswered.add(giveUp);
    stub.receive((times) => {
      if (!unanswered.delete(giveUp)) return;
      times.endedMs = timeline.nowUs() / US_PER_MS;
      recorder.end(flight, { kind: 'answered', answer: answerOf(times, plan) });
      if (!recorder.windowIsOver) ask();
    });
  };
  recorder.start();
  for (let client = 0; client < request.model.connections; client += 1) ask();
  await timeline.drive(
    new Promise<void>((resolve) => {
      const endUs = timeline.nowUs() + (request.durationMs + request.drainMs) * US_PER_MS;
      timeline.at(endUs, resolve);
    }),
  );
  for (const giveUp of unanswered) giveUp();
  const load: LoadResult = {
    engine: 'closed',
    engineVersion: 'simulated',
    ended: 'completed',
    startedAtMs: 0,
    ...recorder.finish(),
    offered: null,
    reconnects: 0,
    generator: IDLE_GENERATOR,
  };
  return { request, load, truth: stub.truth(), uncorrected: null };
}
