import { expect, test } from 'vitest';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { NO_DISTANCE } from '../plan/distance.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import type { Transport, TrialPlan } from '../plan/trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { createRedactor } from '../report/redactor.ts';
import { type Lab, withLab } from './lab.ts';
import { runTrial } from './trial.ts';

/** 2 workers × (2+2) want exactly the 8 slots that are usable. */
function planOver(transport: Transport, change: Partial<TrialPlan> = {}): TrialPlan {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  return {
    ...plan,
    workers: 2,
    pool: { ...plan.pool, poolSize: 2, maxOverflow: 2 },
    workload: 'point',
    workloadParams: {},
    load: { ...plan.load, model: { kind: 'closed', connections: 8, thinkTimeMs: 1 } },
    warmupMs: 100,
    durationMs: 800,
    drainMs: 2_000,
    postgres: { ...plan.postgres, maxConnections: 12, transport },
    ...change,
  };
}

async function withLabOver<T>(transport: Transport, use: (lab: Lab) => Promise<T>): Promise<T> {
  const deps = {
    poolLabVersion: 'test',
    postgres: EMBEDDED,
    env: process.env,
    signal: new AbortController().signal,
    redactor: createRedactor(),
    labParent: LAB_DIRECTORY_PARENT,
    warn: (sentence: string) => expect.unreachable(sentence),
  };
  return await withLab(planOver(transport).postgres, deps, use);
}

function brokenLaws({ laws }: MeasuredTrial): readonly string[] {
  return laws.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
}

test('over tls everything is encrypted, no slot is lost, and a new connection takes two round trips more', async () => {
  await withLabOver('tls', async (lab) => {
    const near = await runTrial(lab, planOver('tls'));
    expect(brokenLaws(near)).toEqual([]);
    expect(near.refusals.total).toBe(0);
    expect(near.transport).toMatchObject({
      plain: 0,
      socket: 0,
      protocols: [expect.stringMatching(/^TLSv1\.[23] with TLS_/)],
    });
    expect(near.transport?.encrypted).toBeGreaterThan(0);
    const pool = { ...near.plan.pool, kind: 'null' } as const;
    const rttMs = 40;
    const far = await runTrial(
      lab,
      planOver('tls', { pool, distance: { ...NO_DISTANCE, rttMs }, durationMs: 1_500 }),
    );
    expect(brokenLaws(far)).toEqual([]);
    expect(far.transport?.encrypted).toBeGreaterThan(0);
    // TCP, asking for encryption, its handshake, the startup packet and two of SCRAM; and computing.
    const { p50: connectMs } = far.componentsMs.connect;
    expect(connectMs).toBeGreaterThan(5.9 * rttMs);
    expect(connectMs).toBeLessThan(7.5 * rttMs);
  });
});

test('over a socket every session came by it, and a lab that was told otherwise is not believed', async () => {
  await withLabOver('socket', async (lab) => {
    const asAsked = await runTrial(lab, planOver('socket'));
    expect(brokenLaws(asAsked)).toEqual([]);
    expect(asAsked.transport).toMatchObject({ encrypted: 0, plain: 0, protocols: [] });
    const otherwise = await runTrial(lab, planOver('tls', { durationMs: 500, warmupMs: 0 }));
    expect(otherwise.verdict).toBe('INVALID');
    expect(brokenLaws(otherwise)).toEqual([
      expect.stringMatching(/^transport: sessions of the API that came by tls 0 = seen/),
    ]);
  });
});
