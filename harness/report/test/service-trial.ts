import type { ServiceReading } from '../../analysis/service-reading.ts';
import type { MeasuredTrial, WatchedTrial } from '../../analysis/trial-result.ts';
import { EXPECT_BY_DEFAULT, type RequestTemplate } from '../../plan/request-mix.ts';
import type { ServiceCommand } from '../../plan/service.ts';
import { FITTING } from './sample-situations.ts';
import { percentiles, sampleTrial } from './sample-trial.ts';

export const SAMPLE_SERVICE: ServiceCommand = {
  kind: 'command',
  command: 'uvicorn app:app --port {port} --workers {workers}',
  shell: false,
  env: { DB_POOL_SIZE: '{poolSize}', DB_MAX_OVERFLOW: '{maxOverflow}', API_KEY: 'k-1234567' },
  passEnv: [],
  directory: null,
  readyPath: '/',
  readyTimeoutMs: 30_000,
  stopTimeoutMs: 5_000,
  metricsPath: '/metrics',
  shapeKnown: true,
};

const ORDERS: RequestTemplate = {
  name: 'GET /orders',
  method: 'GET',
  path: '/orders',
  headers: {},
  body: null,
  bodyKind: 'text',
  weight: 1,
  expect: EXPECT_BY_DEFAULT,
};

const READING: ServiceReading = {
  origin: 'http://127.0.0.1:40123',
  process: { readyMs: 1_420, processesPeak: 6, stopMs: 80, killed: 0, cpuMs: 5_300 },
  timing: { answers: 8_094, wait: 0, connect: 0, db: 0, loop: 0, total: 0 },
  metrics: null,
  sessions: [
    {
      applicationName: '',
      role: 'pool_lab_api',
      address: '127.0.0.1',
      peak: 26,
      meanByState: { active: 12.4, idle: 9, 'idle in transaction': 0.3 },
    },
  ],
  refusalsLogged: 1_310,
  said: { poolTimeouts: 0, refusals: 1_204, lines: 4_000 },
  requests: [],
  unseen: ['Where the time of an answer went is not known.'],
};

const NOT_TOLD = percentiles({
  samples: 0,
  mean: null,
  max: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
});

/** The sample trial as one of a service, which tells nothing of itself. */
export function serviceTrial(
  changes: Partial<WatchedTrial> = {},
  reading: Partial<ServiceReading> = {},
): WatchedTrial {
  const sample = sampleTrial();
  return {
    ...sample,
    plan: {
      ...sample.plan,
      service: SAMPLE_SERVICE,
      workload: 'requests',
      requests: { templates: [ORDERS], data: null },
    },
    connections: { ...sample.connections, peakByWorker: {} },
    workers: [],
    composition: [],
    componentsMs: {
      ...sample.componentsMs,
      wait: NOT_TOLD,
      connect: NOT_TOLD,
      db: NOT_TOLD,
      loop: NOT_TOLD,
    },
    service: { ...READING, ...reading },
    ...changes,
  };
}

/** One that nobody told the shape of, and that was refused nothing. */
export function unknownShapeTrial(): WatchedTrial {
  const trial = serviceTrial(FITTING, { refusalsLogged: 0 });
  return {
    ...trial,
    plan: { ...trial.plan, service: { ...SAMPLE_SERVICE, env: {}, shapeKnown: false } },
    budget: {
      ...trial.budget,
      shapeKnown: false,
      predictedRefusals: false,
      observedRefusals: false,
      reachable: null,
    },
  };
}

/** One that ran before, and whose database nobody named. */
export function runningServiceTrial(): MeasuredTrial {
  const trial = serviceTrial(FITTING);
  const origin = 'http://127.0.0.1:8080';
  return {
    ...trial,
    plan: {
      ...trial.plan,
      service: { kind: 'running', origin, metricsPath: '/metrics', shapeKnown: false },
    },
    budget: null,
    connections: null,
    waitEventShares: {},
    cpuMs: { postgres: null, api: null, generator: 1_800, pooler: null },
    api: { ...trial.api, target: origin },
    transport: null,
    environment: { ...trial.environment, postgres: null },
    service: {
      ...READING,
      origin,
      process: null,
      sessions: [],
      refusalsLogged: null,
      said: null,
    },
  };
}
