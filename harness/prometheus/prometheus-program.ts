import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LabError } from '../lab-error.ts';
import { findProgram } from '../program-search.ts';
import { describeError } from '../system-error.ts';

export interface PrometheusProgram {
  readonly path: string;
  /** As it calls itself, e.g. `2.42.0+ds`. */
  readonly version: string;
}

export type PrometheusSearch =
  | { readonly state: 'found'; readonly program: PrometheusProgram }
  | { readonly state: 'missing'; readonly reason: string };

const NAME = 'prometheus';
/** A first start from a cold disk; the binary has some 100 MB. */
const VERSION_DEADLINE_MS = 10_000;

/** How to come by one, for whoever has none. */
export const PROMETHEUS_REMEDY =
  'Install it (Debian, Ubuntu: `apt-get install prometheus`; macOS: `brew install prometheus`; others: ' +
  'https://prometheus.io/download) so that `prometheus` is on PATH, or take the composed stack, which ' +
  'brings Prometheus and Grafana: `docker compose up`.';

/** The first `prometheus` on PATH, asked for its version. Never rejects. */
export async function locatePrometheus(
  env: Readonly<Record<string, string | undefined>>,
): Promise<PrometheusSearch> {
  const path = findProgram(NAME, env['PATH'] ?? '');
  if (path === undefined) return { state: 'missing', reason: 'no `prometheus` on PATH' };
  try {
    const { stdout, stderr } = await promisify(execFile)(path, ['--version'], {
      env: { PATH: env['PATH'] },
      timeout: VERSION_DEADLINE_MS,
    });
    const version = /^prometheus, version (\S+)/m.exec(stdout + stderr)?.[1];
    return version === undefined
      ? { state: 'missing', reason: `${path} is no Prometheus: it does not tell its version` }
      : { state: 'found', program: { path, version } };
  } catch (error) {
    return { state: 'missing', reason: `${path} does not run: ${describeError(error)}` };
  }
}

/** @throws LabError PROMETHEUS_MISSING */
export async function requirePrometheus(
  env: Readonly<Record<string, string | undefined>>,
): Promise<PrometheusProgram> {
  const search = await locatePrometheus(env);
  if (search.state === 'found') return search.program;
  throw new LabError('PROMETHEUS_MISSING', {
    message: `there is no Prometheus to start: ${search.reason}`,
    hint: PROMETHEUS_REMEDY,
  });
}
