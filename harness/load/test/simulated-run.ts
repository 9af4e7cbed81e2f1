import type { GeneratorMeter } from '../generator-meter.ts';
import type { LoadProgress, LoadRequest, LoadResult, OpenModel } from '../load-engine.ts';
import { type OpenShare, runOpenLoad } from '../open/open-engine.ts';
import { type ServerPlan, type ServerTruth, simulateServer } from './simulated-server.ts';
import { VirtualTimeline } from './virtual-timeline.ts';

export interface SimulatedRun {
  readonly result: LoadResult;
  readonly truth: ServerTruth;
  readonly progress: readonly LoadProgress[];
  /** When each switch was over. */
  readonly switchedAtMs: readonly number[];
}

export interface SimulationOptions {
  readonly ratePerSecond?: number;
  readonly model?: Partial<OpenModel>;
  readonly request?: Partial<Omit<LoadRequest, 'model'>>;
  readonly server: ServerPlan;
  /** How late each wake-up for an arrival comes. */
  readonly alarmLateUs?: (dueUs: number) => number;
  readonly abortAtMs?: number;
  /** The load goes on elsewhere from this moment of the timeline. */
  readonly switches?: readonly { readonly atMs: number; readonly origin: string }[];
  readonly share?: OpenShare;
}

/** One open-loop run against a simulated server; hundreds of its seconds pass within one of ours. */
export async function simulateOpenRun(options: SimulationOptions): Promise<SimulatedRun> {
  const { ratePerSecond = 100, server, abortAtMs } = options;
  const timeline = new VirtualTimeline();
  timeline.alarmLateUs = options.alarmLateUs ?? timeline.alarmLateUs;
  const { openWire, truth } = simulateServer(timeline, server);
  const durationMs = options.request?.durationMs ?? 10_000;
  const request: LoadRequest = {
    origin: 'http://127.0.0.1:1',
    path: '/',
    durationMs,
    drainMs: 5_000,
    requestTimeoutMs: null,
    retry: null,
    goodputDeadlineMs: 1_000,
    targetDownMs: 60_000,
    seed: 7,
    ...options.request,
    model: {
      kind: 'open',
      stages: [{ fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, durationMs }],
      arrivals: 'constant',
      maxInFlight: 1_000,
      atCap: 'drop',
      threads: 1,
      ...options.model,
    },
  };
  const controller = new AbortController();
  if (abortAtMs !== undefined) {
    timeline.at(timeline.nowUs() + abortAtMs * 1_000, () => controller.abort());
  }
  const progress: LoadProgress[] = [];
  const switchedAtMs: number[] = [];
  const startUs = timeline.nowUs();
  const result = await timeline.drive(
    runOpenLoad(
      request,
      {
        signal: controller.signal,
        onProgress: (report) => progress.push(report),
        onControl: ({ switchOrigin }) => {
          for (const { atMs, origin } of options.switches ?? []) {
            timeline.at(startUs + atMs * 1_000, () => {
              void switchOrigin(origin).then(() => {
                switchedAtMs.push((timeline.nowUs() - startUs) / 1_000);
              });
            });
          }
        },
      },
      options.share,
      { timeline, openWire, startMeter: () => IDLE_METER },
    ),
  );
  return { result, truth, progress, switchedAtMs };
}

const IDLE_GENERATOR: LoadResult['generator'] = {
  threads: 1,
  cpuMs: 0,
  eventLoopUtilization: 0,
  eventLoopDelayMsP99: 0,
  stalledMs: 0,
};

const IDLE_METER: GeneratorMeter = { recentUtilization: () => 0, stop: () => IDLE_GENERATOR };
