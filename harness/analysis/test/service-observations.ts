import { EXPECT_BY_DEFAULT, type RequestTemplate } from '../../plan/request-mix.ts';
import type { ServiceCommand } from '../../plan/service.ts';
import type { ServiceReading } from '../service-reading.ts';
import type {
  ServiceObservation,
  UnwatchedObservations,
  WatchedObservations,
} from '../trial-observations.ts';
import type { Change } from './observation-changes.ts';
import { soundObservations } from './observations.ts';

export const SERVICE: ServiceCommand = {
  kind: 'command',
  command: 'node server.js --port {port} --workers {workers}',
  shell: false,
  env: { DB_POOL_SIZE: '{poolSize}', DB_MAX_OVERFLOW: '{maxOverflow}' },
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

export const SERVICE_READING: ServiceReading = {
  origin: 'http://127.0.0.1:40123',
  process: { readyMs: 420, processesPeak: 3, stopMs: 80, killed: 0, cpuMs: 4_800 },
  timing: { answers: 11_520, wait: 0, connect: 0, db: 0, loop: 0, total: 0 },
  metrics: null,
  sessions: [
    {
      applicationName: '',
      role: 'pool_lab_api',
      address: '127.0.0.1',
      peak: 8,
      meanByState: { active: 3, idle: 5 },
    },
  ],
  refusalsLogged: 0,
  said: { poolTimeouts: 480, refusals: 0, lines: 600 },
  requests: [],
  unseen: ['where the time went between its pool and PostgreSQL: no answer has Server-Timing'],
};

/** The sound trial as a service would have made it: 2 workers of 2+2, of which nobody tells an account. */
export function serviceObservations(): WatchedObservations {
  const sound = soundObservations();
  return {
    ...sound,
    plan: {
      ...sound.plan,
      service: SERVICE,
      workload: 'requests',
      requests: { templates: [ORDERS], data: null },
    },
    load: {
      ...sound.load,
      answersByWorker: {},
      timed: { answers: 11_520, wait: 0, connect: 0, db: 0, loop: 0, total: 0 },
    },
    account: null,
    service: { reading: SERVICE_READING, wrongBefore: [], busiestSecondMean: 8 },
  };
}

/** The same of a service that ran already, and whose database nobody named. */
export function unwatchedObservations(): UnwatchedObservations {
  const seen = serviceObservations();
  const origin = 'http://127.0.0.1:8080';
  return {
    ...seen,
    plan: {
      ...seen.plan,
      service: { kind: 'running', origin, metricsPath: '/metrics', shapeKnown: false },
    },
    environment: { ...seen.environment, postgres: null },
    limits: null,
    others: null,
    server: null,
    service: {
      reading: {
        ...SERVICE_READING,
        origin,
        process: null,
        sessions: [],
        refusalsLogged: null,
        said: null,
        unseen: ['its database'],
      },
      wrongBefore: [],
      busiestSecondMean: 0,
    },
    api: { ...seen.api, target: origin },
    transport: null,
    leftBehind: null,
    postgresCpuMs: null,
  };
}

export const withService =
  (change: Partial<ServiceObservation>, reading: Partial<ServiceReading> = {}): Change =>
  (seen) => {
    if (seen.service === null) throw new Error('the trial is of no service');
    const changed = { ...seen.service, ...change };
    return {
      ...seen,
      service: { ...changed, reading: { ...changed.reading, ...reading } },
    };
  };

/** Of a service that was given nothing, and of which nobody said what it has. */
export const withoutShape: Change = (seen) => ({
  ...seen,
  plan: { ...seen.plan, service: { ...SERVICE, env: {}, shapeKnown: false } },
});
