import { expect, test } from 'vitest';
import { METRICS } from '../contract.ts';
import { DatabaseError } from '../pool/database-error.ts';
import { churnRecorder } from './churn-metrics.ts';
import { MetricRegistry, renderMetrics } from './registry.ts';

async function samplesAfter(
  use: (recorder: ReturnType<typeof churnRecorder>) => void,
): Promise<string[]> {
  const registry = new MetricRegistry();
  use(churnRecorder(registry, '7'));
  const text = await renderMetrics([await registry.snapshot()]);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const error = (errorClass: DatabaseError['errorClass'], reason?: string, sqlstate?: string) =>
  new DatabaseError('x', { errorClass, reason, sqlstate, connectionUsable: false });

test('before anything happened every reason to close and to refuse is there with zero', async () => {
  const samples = await samplesAfter(() => undefined);
  expect(samples.every((line) => line.endsWith(' 0'))).toBe(true);
  const closed = samples.filter((line) => line.startsWith(METRICS.connectionsClosedTotal));
  expect(closed).toHaveLength(4);
  expect(samples).toContain(`${METRICS.overflowOpenedTotal}{worker="7"} 0`);
  const refused = samples.filter((line) => line.includes('sqlstate="53300"'));
  expect(refused).toHaveLength(6);
  const byPooler = samples.filter((line) => line.includes('sqlstate="08P01"'));
  expect(byPooler).toHaveLength(6);
  for (const reason of ['unavailable', 'auth', 'refused_unknown', 'role_limit']) {
    expect(samples.join('\n')).toContain(`reason="${reason}"} 0`);
  }
});

test.each([
  [error('too_many_connections', 'all_slots', '53300'), '53300', 'too_many_clients'],
  [error('too_many_connections', 'superuser_reserved', '53300'), '53300', 'reserved_superuser'],
  [error('too_many_connections', 'reserved', '53300'), '53300', 'reserved_role'],
  [error('too_many_connections', 'role_limit', '53300'), '53300', 'role_limit'],
  [error('too_many_connections', 'database_limit', '53300'), '53300', 'database_limit'],
  [error('too_many_connections', 'pooler_clients', '08P01'), '08P01', 'pooler_clients'],
  [error('too_many_connections', 'all_slots', '08P01'), '08P01', 'too_many_clients'],
  [error('too_many_connections', 'unknown', '53300'), '53300', 'refused_unknown'],
  [error('db_unavailable', 'econnrefused'), '', 'unavailable'],
  [error('db_auth', undefined, '28P01'), '28P01', 'auth'],
  [error('sql_error', undefined, '22023'), '22023', 'other'],
] as const)('%o is counted as %s %s', async (failure, sqlstate, reason) => {
  const samples = await samplesAfter((recorder) => recorder.connectError(failure));
  expect(samples).toContain(
    `${METRICS.connectErrorsTotal}{worker="7",sqlstate="${sqlstate}",reason="${reason}"} 1`,
  );
});

test('closings are counted by reason', async () => {
  const samples = await samplesAfter((recorder) => {
    recorder.closed('overflow');
    recorder.closed('overflow');
    recorder.closed('lifetime');
  });
  const total = METRICS.connectionsClosedTotal;
  expect(samples).toContain(`${total}{worker="7",reason="overflow"} 2`);
  expect(samples).toContain(`${total}{worker="7",reason="lifetime"} 1`);
  expect(samples).toContain(`${total}{worker="7",reason="error"} 0`);
});
