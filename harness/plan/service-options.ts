import { option } from './option.ts';
import { GET_ROOT, httpPath, requestLines } from './request-line-parser.ts';
import { SERVICE_LIMITS } from './service.ts';
import { serviceCommand, serviceVariables } from './service-parser.ts';
import { duration, orNone, path, yesNo } from './value-parser.ts';

/** A service of the user's own in the place of the lab's API: how it is started, and what is asked of it. */
export const SERVICE_OPTIONS = {
  command: option('command', {
    parser: orNone(serviceCommand(), 'none'),
    defaultValue: null,
    description:
      "starts your own service instead of the lab's API, e.g. 'uvicorn app:app --port {port} --workers {workers}'",
  }),
  env: option('env', {
    parser: serviceVariables(),
    defaultValue: { set: {}, pass: [] },
    description:
      'with --command: a variable of the service, DB_POOL_SIZE={poolSize}, or one handed on by its name, API_KEY',
    repeatable: true,
  }),
  shell: option('shell', {
    parser: yesNo(),
    defaultValue: false,
    description: 'with --command: it goes through sh -c',
  }),
  serviceDirectory: option('service-directory', {
    parser: orNone(path(), 'none'),
    defaultValue: null,
    description: 'with --command: where the service is started; none: where the lab was',
  }),
  readyPath: option('ready-path', {
    parser: httpPath(),
    defaultValue: '/',
    description: 'with --command: the service is ready when this path answers below 400',
  }),
  readyTimeout: option('ready-timeout', {
    parser: duration({ minMs: 1, maxMs: SERVICE_LIMITS.readyMsMax }),
    defaultValue: 30_000,
    description: 'with --command: how long that may take',
  }),
  stopTimeout: option('stop-timeout', {
    parser: duration({ minMs: 0, maxMs: SERVICE_LIMITS.stopMsMax }),
    defaultValue: 5_000,
    description: 'with --command: from SIGTERM to SIGKILL of whatever of it still runs',
  }),
  serviceMetrics: option('service-metrics', {
    parser: orNone(httpPath(), 'none'),
    defaultValue: '/metrics',
    description:
      "where a service of yours tells its pool's metrics in Prometheus's format, used where it does; none: do not ask",
  }),
  request: option('request', {
    parser: requestLines(),
    defaultValue: [GET_ROOT],
    description:
      "what is asked of a service of yours, [METHOD] /path[@weight], e.g. 'POST /orders@3'; more of it in pool-lab.yaml",
    repeatable: true,
  }),
} as const;
