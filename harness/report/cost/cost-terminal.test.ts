import { expect, test } from 'vitest';
import type {
  Absent,
  CostObservation,
  ObservedConnections,
} from '../../analysis/cost/cost-observation.ts';
import { summarizeCost } from '../../analysis/cost/summarize-cost.ts';
import { connections, sampleObservation } from '../../analysis/cost/test/sample-observation.ts';
import type { VariantId } from '../../analysis/cost/variants.ts';
import { createPaint } from '../paint.ts';
import { sampleTrial } from '../test/sample-trial.ts';
import { visibleLength } from '../text-layout.ts';
import { costTerminal } from './cost-terminal.ts';

function report(changes: Partial<CostObservation> = {}, columns = 100): string {
  const result = summarizeCost(sampleObservation(changes));
  return costTerminal(result, { columns, paint: createPaint(false) });
}
const flat = (changes: Partial<CostObservation> = {}): string =>
  report(changes).replace(/\s+/g, ' ');

const NOTHING = new Map<VariantId, ObservedConnections | Absent>();

test('the first line is the answer', () => {
  expect(flat()).toMatch(
    /^A new connection costs 3\.3 ms here \(TCP\), a query on an open one 0\.20 ms: 17 ×; an idle backend takes 1\.4 MB, 9\.3 MB after work TIME/,
  );
  expect(flat({ memory: { absent: 'only Linux tells' } })).toMatch(
    /: 17 × TIME .* MEMORY not measured: only Linux tells/,
  );
  expect(flat({ connections: NOTHING, memory: { absent: 'a' } })).toMatch(
    /^No connection could be measured here TIME/,
  );
});

test('each kind of connection is a row, and a step that it does not have is a dash', () => {
  const rows = report().split('\n');
  const cells = (name: string): readonly string[] =>
    (rows.find((row) => row.trim().startsWith(name)) ?? '')
      .trim()
      .slice(name.length)
      .trim()
      .split(/\s+/);
  expect(cells('TCP')).toEqual([
    '0.20',
    '–',
    '1.10',
    '0.30',
    '1.70',
    '3.30',
    '3.57',
    '1.00',
    '0.20',
  ]);
  expect(cells('TCP, trust')).toEqual([
    '0.20',
    '–',
    '–',
    '–',
    '1.70',
    '1.90',
    '1.99',
    '1.00',
    '0.20',
  ]);
  expect(cells('TLS + 20 ms').slice(0, 2)).toEqual(['0.20', '62.7']);
});

test('a narrow terminal has the table without its 95th percentiles, and nothing is wider', () => {
  const narrow = report({}, 80);
  expect(narrow).not.toContain('p95');
  for (const row of narrow.split('\n')) expect(visibleLength(row), row).toBeLessThanOrEqual(80);
  for (const row of report().split('\n')) expect(visibleLength(row), row).toBeLessThanOrEqual(100);
});

test('round trips stand beside what was expected of them', () => {
  expect(flat()).toContain('by how many it moved at 20 ms: each within 10 %');
  expect(flat()).toContain(
    'TCP + 20 ms: connect + startup 2 → 2.00, SASL 1 → 1.00, session 1 → 1.00, query 1 1 → 1.00, query 2 1 → 1.00',
  );
  expect(flat()).toContain('TLS + 20 ms: connect + TLS request 2 → 2.00, TLS handshake 1 → 1.00,');
});

test('a step that took other than its round trips is told', () => {
  const late = [...connections('tcp_20ms', 200)].map(
    ([round, times]) => [round, { ...times, challengeMs: 25 }] as const,
  );
  const all = new Map(sampleObservation().connections).set('tcp_20ms', new Map(late));
  expect(flat({ connections: all })).toContain('1 of them off by more than 10 %: what these steps');
});

test('what could not be measured is named with its reason, once for all that have it', () => {
  const all = new Map(sampleObservation().connections);
  for (const id of ['tls', 'tls_1ms', 'tls_20ms'] as const) {
    all.set(id, { absent: 'the server does not speak TLS' });
  }
  expect(flat({ connections: all })).toContain(
    'NOT MEASURED TLS, TLS + 1 ms, TLS + 20 ms: the server does not speak TLS',
  );
  expect(flat({ connections: all })).toContain('TLS, on top 5–30 ms: not measured here.');
});

test('what PgBouncer saves is told beside what its login costs', () => {
  expect(flat()).toContain(
    'PGBOUNCER startup and session 1.1 ms instead of 2.8 ms, since no process is started; SASL 2.4 ms instead of 0.30 ms: given the password itself',
  );
});

test('each figure that people quote stands beside the one of this machine, with the reason', () => {
  const text = flat();
  expect(text).toContain(
    'TCP connect 1–3 ms; here 0.20 ms. It does not hold here (5.0 × less): it is one round trip, here 0.20 ms; 1–3 ms is a database that far away.',
  );
  expect(text).toMatch(
    /SCRAM, on top 2–5 ms; here 1\.4 ms\. It does not hold here \(1\.43 × less\): the client computes for 0\.60 ms of it; with 2 round trips on top it is what a distance of 0\.30 ms to 1\.8 ms makes of it\./,
  );
  expect(text).toMatch(/TLS, on top 5–30 ms; here 1\.9 ms\. .* at 20 ms it was 42 ms more\./);
  expect(text).toContain('backend start 2 ms; here 1.7 ms. It holds here: PostgreSQL forks');
  expect(text).toContain(
    'idle backend 10 MB; here 9.3 MB. It holds here: that is after work; when fresh it is 1.4 MB.',
  );
  expect(text).toContain('its RSS would be 36 MB, 75 % of it shared with others');
});

test('throughput has both sides, and how far they lie apart', () => {
  const pair = (factor: number) => ({
    pooled: sampleTrial({ throughputPerSecond: 1_000 * factor }),
    unpooled: sampleTrial({ throughputPerSecond: 100 }),
  });
  const text = flat({ throughput: [pair(1), pair(1.1), pair(0.9)] });
  expect(text).toMatch(
    /THROUGHPUT with a pool 10 × \[7\.8–13\] the answers; 64 callers, 4 workers/,
  );
  expect(text).toMatch(/a pool of 4 × 5 1,000 38 ms/);
  expect(flat({ throughput: [pair(1), pair(30)] })).toContain(
    'with a pool about 55 × the answers; the pairs differ too much for an interval, add --pairs; 64',
  );
  expect(flat({ throughput: [pair(1)] })).toContain('no ratio can be told from 1 pair of trials');
});

test('a doubt stands beside the verdict', () => {
  const { host } = sampleObservation();
  const text = flat({ host: { ...host, cpuStealShare: 0.1 } });
  expect(text).toMatch(/9\.3 MB after work; DEGRADED, see the end TIME/);
  expect(text).toMatch(/TRUST DEGRADED; 200 rounds, .* · the hypervisor gave 10 % of the CPU time/);
  expect(text).toContain('backend start 2 ms; here 1.7 ms, which cannot be told now: the machine');
  expect(text).toContain('TCP connect 1–3 ms; here 0.20 ms. It does not hold here (5.0 × less)');
  expect(flat()).toContain('TRUST VALID; 200 rounds');
});
