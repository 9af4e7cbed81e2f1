import type { Difference } from '../../analysis/comparison/comparison-result.ts';
import { printBandwidth } from '../../plan/bandwidth-parser.ts';
import { printDuration } from '../../plan/value-parser.ts';
import { formatBytes } from '../format.ts';
import { plainText } from '../sweep/plain-text.ts';

/** Settings by the flag they are given with; everything else by its path. */
const FLAG_OF: Readonly<Record<string, string>> = {
  'pool.kind': 'pool-kind',
  'pool.order': 'pool-order',
  'load.model.kind': 'load model',
  'load.model.stages': 'stages',
  'load.requestTimeoutMs': 'request-timeout',
  'load.goodputDeadlineMs': 'goodput-deadline',
  'load.retry.retriesMax': 'retries',
  'load.retry.backoffMs': 'retry-backoff',
  'postgres.superuserReservedConnections': 'superuser-reserved',
  'postgres.reservedConnections': 'reserved',
  'postgres.transport': 'db-transport',
  rolloutSurge: 'rollout',
  'distance.rttMs': 'db-rtt',
  'distance.jitterMs': 'db-jitter',
  'distance.bandwidthMbit': 'db-bandwidth',
  faults: 'db-fault',
  'pooler.mode': 'pooler-mode',
  'pooler.defaultPoolSize': 'pooler-size',
  'pooler.reservePoolSize': 'pooler-reserve',
  'pooler.maxClientConn': 'pooler-clients',
};
const NAMESPACES = /^(pool|load\.model|load|postgres)\./;

/** `pool-size 4 against 50`, the left side first. */
export function differenceText({ path, left, right }: Difference): string {
  return `${factName(path)} ${factValue(path, left)} against ${factValue(path, right)}`;
}

/** `pool-size`, `param ms`, `environment cpuModel`. */
export function factName(strangersPath: string): string {
  const path = plainText(strangersPath);
  const flag = FLAG_OF[path];
  if (flag !== undefined) return flag;
  const extra = /^postgres\.extra\.(.*)$/.exec(path)?.[1];
  if (extra !== undefined) return `pg-setting ${extra}`;
  const param = /^workloadParams\.(.*)$/.exec(path)?.[1];
  if (param !== undefined) return `param ${param}`;
  const part = /^(environment|gates)\.(.*)$/.exec(path);
  if (part !== null) return `${part[1] ?? ''} ${kebab(withoutUnit(part[2] ?? ''))}`;
  return kebab(withoutUnit(path.replace(NAMESPACES, '')));
}

export function factValue(path: string, value: Difference['left']): string {
  if (value === null) return 'none';
  if (typeof value !== 'number') return plainText(String(value));
  if (path === 'distance.bandwidthMbit') return printBandwidth(value);
  if (path.endsWith('Ms')) return Number.isInteger(value) ? printDuration(value) : `${value}ms`;
  if (path.endsWith('Bytes')) return `${formatBytes(value)} (${value})`;
  if (path === 'pool.maxOverflow' && value === -1) return 'unlimited';
  if (path === 'pool.poolSize' && value === 0) return 'unlimited';
  return String(value);
}

const withoutUnit = (name: string): string => name.replace(/(Ms|Bytes)$/, '');

function kebab(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('.', ' ')
    .toLowerCase();
}
